"""The answers of the shipped file, one sheet each, the worst first."""

from collections.abc import Mapping

import pydantic

from nyay_lib.evaluation.bench import Bench, Contender
from nyay_lib.evaluation.report import Who
from nyay_lib.frozen import Frozen


class Sheet(Frozen):
    """One question with its answers, and what is wrong with ours: the references that nothing supports, and the law.

    ``right`` is None where nobody knows the right answer; ``others`` are the other models' answers.
    """

    id: str
    cnr: str
    task_type: str
    question: str
    reference: str
    answer: str
    others: dict[Who, str]
    ended: str
    right: bool | None
    reason: str
    references: int
    unsupported: tuple[str, ...]
    rouge_l: float


SHEETS: pydantic.TypeAdapter[list[Sheet]] = pydantic.TypeAdapter(list[Sheet])


def sheets_of(bench: Bench, contenders: Mapping[Who, Contender]) -> list[Sheet]:
    """By the number of unsupported references, then wrong before right, then by overlap with the reference answer."""
    sheets = [_sheet(bench, contenders, place) for place in range(len(bench.rows))]
    return sorted(sheets, key=lambda one: (-len(one.unsupported), one.right is not False, one.rouge_l, one.id))


def _sheet(bench: Bench, contenders: Mapping[Who, Contender], place: int) -> Sheet:
    record, ours = bench.questions.records[place], contenders["this model"]
    answer, scored = ours.answers[place], ours.scored[place]
    named = [(found, scored.grounding.classes[found]) for found in scored.grounding.unsupported]
    return Sheet(
        id=record.id,
        cnr=record.cnr,
        task_type=record.task_type,
        question=record.instruction,
        reference=record.output,
        answer=answer.text,
        others={who: model.answers[place].text for who, model in contenders.items() if who != "this model"},
        ended=answer.ended,
        right=scored.judged.right,
        reason=scored.judged.reason,
        references=len(scored.grounding.classes),
        unsupported=tuple(f"{found.canonical} ({support.replace('_', ' ')})" for found, support in named),
        rouge_l=scored.rouge.rouge_l,
    )
