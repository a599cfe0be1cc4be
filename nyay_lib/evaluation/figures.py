"""The figures of one model, each with its interval: shares by Wilson, means by a bootstrap of judgments."""

import math
from collections.abc import Callable, Sequence

from nyay_lib.evaluation.bench import Bench, Contender
from nyay_lib.evaluation.hallucination import Hallucination
from nyay_lib.evaluation.measures import Measures, measure
from nyay_lib.evaluation.statistics import Interval, cluster_bootstrap, wilson
from nyay_lib.frozen import Frozen

ROUGE_NAMES = {"rouge_1": "ROUGE-1", "rouge_2": "ROUGE-2", "rouge_l": "ROUGE-L", "rouge_lsum": "ROUGE-Lsum"}
MOST_NATS = 700.0  # of a bound of the loss: e to its power, the perplexity, is still a number


class Figure(Frozen):
    """An estimate with its 95 % interval, over ``of`` rows, answers or references."""

    estimate: float
    low: float
    high: float
    of: int

    @property
    def interval(self) -> Interval:
        return Interval(self.estimate, self.low, self.high)


# None stands for what could not be measured.
Figures = dict[str, Figure | None]


def figures(bench: Bench, model: Contender, task: str | None = None) -> Figures:
    """Every figure of a model, over all rows or those of a task."""
    told = measure(bench.questions, model.scored, bench.seed, task)
    return _loss(bench, model, task) | of_measures(told) | _from_answers(bench, model, task)


def of_measures(measures: Measures) -> Figures:
    """What the law, the sources and the reference answers say of the answers."""
    told, rouge = measures.hallucination, measures.rouge
    return {
        "legal accuracy": figure(measures.accuracy.share, measures.accuracy.covered),
        "side that won": figure(measures.accuracy.polarity, measures.accuracy.sides),
        **of_references(told),
        "grounded answers": figure(told.grounded, told.answers),
        "answers without a reference": figure(wilson(told.no_references, told.answers), told.answers),
        "recall of references": figure(told.recall, told.wanted),
        **{name: figure(rouge[key], measures.rows) for key, name in ROUGE_NAMES.items()},
    }


def of_references(told: Hallucination) -> Figures:
    """The hallucination rates."""
    return {
        "hallucination by sample": figure(told.by_sample, told.answers - told.no_references),
        "hallucination by reference": figure(told.by_reference, told.references),
        "hallucination of all answers": figure(told.of_all_answers, told.answers),
    }


def _loss(bench: Bench, model: Contender, task: str | None) -> Figures:
    """Loss a token over the validation rows, and e to the power of it."""
    chosen = [
        (record.cnr, loss)
        for record, loss in zip(bench.records, model.losses, strict=True)
        if task in (None, record.task_type)
    ]
    found = cluster_bootstrap(
        [loss.mean for _, loss in chosen],
        [cnr for cnr, _ in chosen],
        bench.seed,
        weights=[loss.tokens for _, loss in chosen],
        within=(0.0, MOST_NATS),
    )
    perplexity = found and Interval(*map(math.exp, (found.estimate, found.low, found.high)))
    return {"validation loss": figure(found, len(chosen)), "perplexity": figure(perplexity, len(chosen))}


def _from_answers(bench: Bench, model: Contender, task: str | None) -> Figures:
    """How the answers came, and how much they name."""
    rows = [row for row, record in enumerate(bench.questions.records) if task in (None, record.task_type)]
    records = [bench.questions.records[row] for row in rows]
    answers, scored = [model.answers[row] for row in rows], [model.scored[row] for row in rows]

    def mean(value: Callable[[int], float | None]) -> Figure | None:
        return _mean([record.cnr for record in records], [value(place) for place in range(len(rows))], bench.seed)

    def pace(value: Callable[[int], float | None]) -> Figure | None:
        """Each answer tells how fast the machine is, of whichever judgment it is, and over many tokens: as drawn."""
        values = [value(place) for place in range(len(rows))]
        return _mean([str(row) for row in rows], values, bench.seed, widened=False)

    cut_off = sum(one.ended == "length" for one in answers)
    return {
        "references an answer": mean(lambda place: len(scored[place].grounding.classes)),
        "answers cut off": figure(wilson(cut_off, len(answers)), len(answers)),
        "tokens an answer": mean(lambda place: answers[place].tokens),
        "tokens a second": pace(lambda place: answers[place].tokens_per_second),
        "seconds to the first token": pace(lambda place: answers[place].first_token_seconds),
    }


def _mean(clusters: Sequence[str], values: Sequence[float | None], seed: int, *, widened: bool = True) -> Figure | None:
    known = [(cluster, value) for cluster, value in zip(clusters, values, strict=True) if value is not None]
    found = cluster_bootstrap(
        [value for _, value in known],
        [cluster for cluster, _ in known],
        seed,
        within=(0.0, math.inf),
        widened=widened,
    )
    return figure(found, len(known))


def figure(found: Interval | None, of: int) -> Figure | None:
    """An interval over so many, or None."""
    return found and Figure(estimate=found.estimate, low=found.low, high=found.high, of=of)
