"""Instruction records in the form of Phase 2, and their lines."""

import json
from typing import Any, TypeAlias

from data.sample.generator.answers import answer
from data.sample.generator.cases import Case
from data.sample.generator.chance import Chance
from data.sample.generator.tasks import INSTRUCTIONS
from data.sample.generator.writer import Writer

Row: TypeAlias = dict[str, Any]


def record(case: Case, task: str, chance: Chance, label: str | None = None, disposal: str | None = None) -> Row:
    """The record of a case for a task; ``label`` and ``disposal`` tell another outcome than the true one."""
    # The question is drawn for every task: what follows in the answer does not hang on whether it is used.
    question = Writer(chance, case.language).write(chance.pick(case.subject.pools["questions"]))
    return {
        "instruction": INSTRUCTIONS[task].format(question=question),
        "input": case.text,
        "output": answer(case, task, chance, label),
        "metadata": {
            "cnr": case.cnr,
            "court": case.court,
            "case_number": case.facts["caseno"],
            "date": case.decided.isoformat(),
            "language": case.language.code,
            "disposal_nature": disposal or case.disposal,
            "fictional": True,
            "task_type": task,
        },
    }


def encode(row: Row, *, ascii: bool = False) -> bytes:
    """A row as the line of a file, without its end."""
    return json.dumps(row, ensure_ascii=ascii).encode()
