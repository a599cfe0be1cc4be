"""Every figure of a set of answers at once, overall or of one task, so that models and controls are measured alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from nyay_lib.data.records import Record
from nyay_lib.evaluation.accuracy import Accuracy, Gold, Judged, accuracy, judge, read_gold
from nyay_lib.evaluation.grounding import Grounding
from nyay_lib.evaluation.hallucination import Hallucination, ground, ground_references, hallucination
from nyay_lib.evaluation.rouge import Rouge, rouge
from nyay_lib.evaluation.statistics import RESAMPLES, Interval, cluster_bootstrap


@dataclass(frozen=True, slots=True)
class Questions:
    """Rows with all that is the same for every model: the right answers, and the reference answers grounded."""

    records: tuple[Record, ...]
    golds: tuple[Gold, ...]
    references: tuple[Grounding, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """One answer: whether it is right in law and why, its overlap with the reference answer, and what it names."""

    judged: Judged
    rouge: Rouge
    grounding: Grounding


@dataclass(frozen=True, slots=True)
class Measures:
    """The figures over rows. ROUGE by its field's name, the mean with an interval by CNR; None for a single CNR."""

    rows: int
    accuracy: Accuracy
    hallucination: Hallucination
    rouge: dict[str, Interval | None]


def read_questions(records: Sequence[Record]) -> Questions:
    """Read once what every model is measured against. The records' ``input`` is the full judgment."""
    golds = tuple(read_gold(record) for record in records)
    return Questions(tuple(records), golds, tuple(ground_references(records)))


def score_answers(questions: Questions, answers: Sequence[str]) -> list[Scored]:
    """Each answer's scores, in the order of the rows. Raises ValueError if there is not one answer a row."""
    records = questions.records
    overlaps = rouge([(record.output, answer) for record, answer in zip(records, answers, strict=True)])
    judged = [judge(gold, answer) for gold, answer in zip(questions.golds, answers, strict=True)]
    return [Scored(*scores) for scores in zip(judged, overlaps, ground(records, answers), strict=True)]


def measure(
    questions: Questions, scored: Sequence[Scored], seed: int, task: str | None = None, resamples: int = RESAMPLES
) -> Measures:
    """The figures over all rows, or over those of one task."""
    kinds = [record.task_type for record in questions.records]
    rows = [row for row, kind in enumerate(kinds) if task in (None, kind)]
    chosen = [scored[row] for row in rows]
    cnrs = [questions.records[row].cnr for row in rows]
    return Measures(
        rows=len(rows),
        accuracy=accuracy([one.judged for one in chosen]),
        hallucination=hallucination([one.grounding for one in chosen], [questions.references[row] for row in rows]),
        rouge={
            name: cluster_bootstrap(
                [getattr(one.rouge, name) for one in chosen], cnrs, seed, resamples=resamples, within=(0.0, 1.0)
            )
            for name in Rouge._fields
        },
    )
