"""How much better one model is than another, judged in pairs on the same rows and questions."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

from nyay_lib.data.records import Record
from nyay_lib.evaluation.bench import Bench, Contender
from nyay_lib.evaluation.gold import keys, supported
from nyay_lib.evaluation.grounding import Grounding
from nyay_lib.evaluation.measures import Scored
from nyay_lib.evaluation.statistics import CONFIDENCE, paired_bootstrap
from nyay_lib.frozen import Frozen

Metric = Literal[
    "validation loss", "legal accuracy", "grounded answers", "hallucination", "recall of references", "ROUGE-L"
]
METRICS: tuple[Metric, ...] = (
    "validation loss",
    "legal accuracy",
    "grounded answers",
    "hallucination",
    "recall of references",
    "ROUGE-L",
)
LOWER_IS_BETTER: frozenset[Metric] = frozenset(("validation loss", "hallucination"))


class Gain(Frozen):
    """Ours less theirs, turned so that more is better, with its two-sided interval.

    With the confidence that was asked for the true gain is above ``lower``. ``rows`` were compared, of ``judgments``.
    """

    estimate: float
    low: float
    high: float
    lower: float
    rows: int
    judgments: int


class Value(NamedTuple):
    """What one row says of one metric, and how much it counts."""

    value: float
    weight: float = 1.0


def gain(
    bench: Bench,
    ours: Contender,
    theirs: Contender,
    metric: Metric,
    task: str | None = None,
    confidence: float = CONFIDENCE,
) -> Gain | None:
    """The gain over all rows, or over those of a task; None where fewer than two judgments can tell."""
    records = bench.records if metric == "validation loss" else bench.questions.records
    paired = list(_paired(records, *_columns(bench, ours, theirs, metric), task))
    clusters = [record.cnr for record, _, _ in paired]
    sign = -1.0 if metric in LOWER_IS_BETTER else 1.0
    found = paired_bootstrap(
        [sign * our.value for _, our, _ in paired],
        [sign * their.value for _, _, their in paired],
        clusters,
        bench.seed,
        confidence,
        weights=[our.weight for _, our, _ in paired],
        within=(-math.inf, math.inf) if metric == "validation loss" else (-1.0, 1.0),
    )
    if found is None:
        return None
    return Gain(
        estimate=found.estimate,
        low=found.low,
        high=found.high,
        lower=found.lower,
        rows=len(paired),
        judgments=len(set(clusters)),
    )


def _paired(
    records: Sequence[Record], ours: Sequence[Value | None], theirs: Sequence[Value | None], task: str | None
) -> Iterator[tuple[Record, Value, Value]]:
    """The rows of the task on which both models can be judged."""
    for record, our, their in zip(records, ours, theirs, strict=True):
        if our is not None and their is not None and task in (None, record.task_type):
            yield record, our, their


def _columns(
    bench: Bench, ours: Contender, theirs: Contender, metric: Metric
) -> tuple[Sequence[Value | None], Sequence[Value | None]]:
    """One metric of both. Losses by our tokens: a model of another vocabulary cuts the same text into more or fewer."""
    own = column(bench, ours, metric)
    if metric == "validation loss":
        pairs = zip(ours.losses, theirs.losses, strict=True)
        return own, [Value(their.nll / our.tokens, our.tokens) for our, their in pairs]
    return own, column(bench, theirs, metric)


def column(bench: Bench, model: Contender, metric: Metric) -> list[Value | None]:
    """One metric of one model: of a loss for every validation row, else for every question."""
    if metric == "validation loss":
        return [Value(loss.mean, loss.tokens) for loss in model.losses]
    if metric == "recall of references":
        pairs = zip(bench.questions.references, model.scored, strict=True)
        return [_recall(reference, one.grounding) for reference, one in pairs]
    return [_VALUES[metric](one) for one in model.scored]


def _accuracy(one: Scored) -> Value | None:
    return None if one.judged.right is None else Value(one.judged.right)


def _recall(reference: Grounding, told: Grounding) -> Value | None:
    """The share of the reference answer's supported references that is told; a row counts by how many these are."""
    wanted = supported(reference)
    return Value(len(wanted & keys(told.classes)) / len(wanted), len(wanted)) if wanted else None


_VALUES: dict[Metric, Callable[[Scored], Value | None]] = {
    "legal accuracy": _accuracy,
    "grounded answers": lambda one: Value(not one.grounding.no_references and not one.grounding.unsupported),
    # Of all answers, silent ones too: the rate among those that name something is not of the same rows in two models.
    "hallucination": lambda one: Value(bool(one.grounding.unsupported)),
    "ROUGE-L": lambda one: Value(one.rouge.rouge_l),
}
