"""Answers that do not agree with the judgment."""

from data.sample.generator import tables
from data.sample.generator.faults.planting import Form, Planting, after
from data.sample.generator.outcomes import DISPOSALS, OPPOSITES
from data.sample.generator.records import Row, record


def _other_result(task: str) -> Form:
    return lambda p: record(p.case, task, p.chance, OPPOSITES[p.case.outcome])


def _other_disposal(p: Planting) -> Row:
    task = p.chance.pick(("outcome_analysis", "summarization", "info_extraction"))
    return record(p.case, task, p.chance, disposal=p.chance.pick(DISPOSALS[OPPOSITES[p.case.outcome]]))


UNSUPPORTED_REFERENCE: dict[str, Form] = {
    name: after(text) for name, text in tables.entries("faults/unsupported_reference").items()
}
OUTCOME_CONFLICT: dict[str, Form] = {
    "analysis": _other_result("outcome_analysis"),
    "summary": _other_result("summarization"),
    "extraction": _other_result("info_extraction"),
    "answer": _other_result("research_qa"),
    "disposal_nature": _other_disposal,
}
