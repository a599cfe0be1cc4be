"""Legal accuracy: whether an answer is right in law, by the kind of question.

An outcome or a summary is right by its outcome label, extracted facts by their fields, research by its statutes and
an outcome not contradicted, all else by its citations. A row whose gold nobody knows is left out and counted as not
covered; an abstention on a row that can be decided is wrong. Source: the reference grammar, section 5.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from nyay_lib.data.records import Record
from nyay_lib.evaluation.fields import GoldFields, gold_fields, match_fields
from nyay_lib.evaluation.gold import (
    CITATIONS,
    GoldOutcome,
    f1,
    gold_outcome,
    gold_references,
    keys,
    of_kind,
)
from nyay_lib.evaluation.statistics import Interval, wilson
from nyay_lib.law import Reference, classify_outcome, extract_references

OUTCOME_TASKS = frozenset(("outcome_analysis", "summarization"))
LEAST_FIELDS = 0.8  # mean match
LEAST_F1 = 0.5


@dataclass(frozen=True, slots=True)
class Gold:
    """The right answer to one row. Read once, it judges the answers of every model."""

    task_type: str
    outcome: GoldOutcome
    references: frozenset[Reference] = frozenset()
    fields: GoldFields = field(default_factory=GoldFields)


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether an answer is right, and why. ``right`` is None where nobody knows the right answer.

    ``parts`` are the matches that were looked at, 0 to 1. For tasks judged by outcome ``polarity_right`` says whether
    at least the side that won is told.
    """

    right: bool | None
    reason: str
    parts: dict[str, float] = field(default_factory=dict[str, float])
    polarity_right: bool | None = None


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Right answers among those that can be decided, with Wilson's interval; None where none can.

    ``rows`` are all, ``covered`` those decided. ``polarity`` is the same share for the side that won, over the
    ``sides`` rows judged by outcome.
    """

    share: Interval | None
    rows: int
    covered: int
    polarity: Interval | None
    sides: int


@dataclass(frozen=True, slots=True)
class Majority:
    """What a machine that has read nothing gets on ``rows``, by always telling the label that is most often gold."""

    label: str
    share: Interval
    rows: int


def read_gold(record: Record) -> Gold:
    """The right answer to the row, whose ``input`` is the full judgment. Takes linear time; never raises."""
    task, outcome = record.task_type, gold_outcome(record)
    if task in OUTCOME_TASKS:
        return Gold(task, outcome)
    if task == "info_extraction":
        return Gold(task, outcome, fields=gold_fields(record))
    wanted = ["statute"] if task == "research_qa" else CITATIONS
    return Gold(task, outcome, references=of_kind(gold_references(record), wanted))


def judge(gold: Gold, answer: str) -> Judged:
    """Whether ``answer`` is right in law, by the rule of its task. Takes linear time; never raises on any str."""
    if gold.task_type in OUTCOME_TASKS:
        return _judge_outcome(gold.outcome, answer)
    if gold.task_type == "info_extraction":
        return _judge_fields(gold, answer)
    if gold.task_type == "research_qa":
        return _judge_research(gold, answer)
    return _judge_references(gold.references, answer, "citation F1", CITATIONS)


def accuracy(judged: Sequence[Judged]) -> Accuracy:
    """The figure over many answers."""
    decided = [one for one in judged if one.right is not None]
    sides = [one.polarity_right for one in judged if one.polarity_right is not None]
    return Accuracy(
        share=wilson(sum(one.right is True for one in decided), len(decided)),
        rows=len(judged),
        covered=len(decided),
        polarity=wilson(sum(sides), len(sides)),
        sides=len(sides),
    )


def majority(golds: Sequence[Gold]) -> Majority | None:
    """The majority class over the rows judged by outcome, and its accuracy on them; None without such rows.

    Of labels equally frequent the first by name is taken.
    """
    outcomes = [gold.outcome for gold in golds if gold.task_type in OUTCOME_TASKS and gold.outcome.is_known]
    counts = Counter(outcome.label for outcome in outcomes)
    if not counts:
        return None
    label = min(counts, key=lambda label: (-counts[label], label))
    right = sum(label == outcome.label or label in outcome.others for outcome in outcomes)
    share = wilson(right, len(outcomes))
    assert share is not None
    return Majority(label, share, len(outcomes))


def _judge_outcome(gold: GoldOutcome, answer: str) -> Judged:
    if not gold.is_known:
        return Judged(None, "nobody tells how the matter ended")
    told = classify_outcome(answer)
    right = gold.agrees(told)
    verb = "is" if right else "is not"
    return Judged(
        right,
        f"{told.label} ({told.reason}) {verb} {gold.label}, which the {gold.origin} tells",
        {"outcome": float(right)},
        polarity_right=gold.agrees_in_polarity(told),
    )


def _judge_fields(gold: Gold, answer: str) -> Judged:
    matches = match_fields(gold.fields, gold.outcome, answer)
    if not matches:
        return Judged(None, "nobody tells any of the fields")
    mean = sum(matches.values()) / len(matches)
    missed = [name for name, match in matches.items() if match < 1]
    reason = f"mean match of {len(matches)} fields {mean:.2f}" + (f", short in {', '.join(missed)}" if missed else "")
    # The mean of ten tenths in floats may fall a hair short of its bar.
    return Judged(mean >= LEAST_FIELDS - 1e-9, reason, matches)


def _judge_research(gold: Gold, answer: str) -> Judged:
    judged = _judge_references(gold.references, answer, "statute F1", ["statute"])
    told = classify_outcome(answer)
    if judged.right is None or not gold.outcome.is_contradicted(told):
        return judged
    reason = f"{told.label} ({told.reason}) contradicts {gold.outcome.label}, which the {gold.outcome.origin} tells"
    return Judged(False, f"{judged.reason}; {reason}", judged.parts | {"outcome": 0.0})


def _judge_references(
    gold: frozenset[Reference], answer: str, name: str, kinds: Sequence[str] | frozenset[str]
) -> Judged:
    if not gold:
        return Judged(None, "the reference answer names nothing to compare that the judgment supports")
    told = keys(of_kind(extract_references(answer), kinds))
    score = f1(gold, told)
    missed = sorted(found.canonical for found in gold - told)
    reason = f"{name} {score:.2f}" + (f", without {', '.join(missed)}" if missed else "")
    return Judged(score >= LEAST_F1, reason, {name: score})
