"""What is known about a line."""

from data.sample.generator.cases import Case
from data.sample.generator.outcomes import POLARITY
from data.sample.generator.records import Row


def truth(name: str, row: int, case: Case, made: Row) -> Row:
    """The truth about the record ``made`` of a case, in row ``row`` of a file; lines are counted from 1."""
    return {
        "file": name,
        "line": row + 1,
        "fault": None,
        "form": None,
        "of": [],
        "cnr": case.cnr,
        "court": case.court,
        "year": case.decided.year,
        "language": case.language.code,
        "task_type": made["metadata"]["task_type"],
        "outcome": case.outcome,
        "polarity": POLARITY[case.outcome],
        "statutes": case.statutes,
        "citations": case.citations,
        "case_names": case.case_names,
    }
