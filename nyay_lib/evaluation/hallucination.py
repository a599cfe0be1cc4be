"""The hallucination rate: how often answers name what their judgment does not.

It stands beside what keeps it honest: how much the answers name at all, how much of what should be named they name,
the same rates for the reference answers (the floor), and for answers held against a foreign judgment, which must come
out high, else the meter is broken. Source: the reference grammar, section 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nyay_lib.data.records import Record
from nyay_lib.evaluation.gold import keys, supported
from nyay_lib.evaluation.grounding import Grounding, check_grounding
from nyay_lib.evaluation.statistics import Interval, wilson


@dataclass(frozen=True, slots=True)
class Hallucination:
    """What answers name: all counts are of distinct references an answer, or of answers.

    ``wanted`` are the supported references of the reference answers, ``recalled`` those of them that are told.
    """

    answers: int
    no_references: int
    references: int
    unsupported: int
    answers_with_unsupported: int
    wanted: int
    recalled: int

    @property
    def by_reference(self) -> Interval | None:
        """Unsupported among all references, with Wilson's interval; None if nothing was named.

        References of one answer are no independent witnesses, so this interval is narrower than the truth.
        """
        return wilson(self.unsupported, self.references)

    @property
    def by_sample(self) -> Interval | None:
        """Answers with an unsupported reference among those that name any, with Wilson's interval.

        An answer without a reference is never clean, so it does not dilute the rate. None if no answer names anything.
        """
        return wilson(self.answers_with_unsupported, self.answers - self.no_references)

    @property
    def of_all_answers(self) -> Interval | None:
        """Answers with an unsupported reference among all answers, silent ones too: never above ``by_sample``."""
        return wilson(self.answers_with_unsupported, self.answers)

    @property
    def grounded(self) -> Interval | None:
        """Answers that name something and nothing unsupported, among all: neither silence nor invention wins."""
        clean = self.answers - self.no_references - self.answers_with_unsupported
        return wilson(clean, self.answers)

    @property
    def recall(self) -> Interval | None:
        """Supported references of the reference answers that the answers name too: silence must not win."""
        return wilson(self.recalled, self.wanted)


def hallucination(answers: Sequence[Grounding], references: Sequence[Grounding]) -> Hallucination:
    """The rates over answers and, in the same order, the reference answers grounded in the same judgments.

    Raises ValueError for lists of two lengths. Takes linear time.
    """
    wanted = [supported(one) for one in references]
    told = [keys(one.classes) for one in answers]
    return Hallucination(
        answers=len(answers),
        no_references=sum(one.no_references for one in answers),
        references=sum(len(one.classes) for one in answers),
        unsupported=sum(len(one.unsupported) for one in answers),
        answers_with_unsupported=sum(bool(one.unsupported) for one in answers),
        wanted=sum(map(len, wanted)),
        recalled=sum(len(gold & named) for gold, named in zip(wanted, told, strict=True)),
    )


def ground(records: Sequence[Record], answers: Sequence[str]) -> list[Grounding]:
    """The grounding of each answer in its row's judgment and question."""
    return [
        check_grounding(answer, record.input, record.instruction, record.output)
        for record, answer in zip(records, answers, strict=True)
    ]


def ground_references(records: Sequence[Record]) -> list[Grounding]:
    """The grounding of the reference answers themselves: the floor, and what recall is counted against."""
    return [check_grounding(record.output, record.input, record.instruction) for record in records]


def ground_in_foreign_sources(records: Sequence[Record], answers: Sequence[str], seed: int) -> list[Grounding] | None:
    """The grounding of each answer in the judgment of another case, without its question; None for a single case."""
    rows = foreign_sources([record.cnr for record in records], seed)
    if rows is None:
        return None
    return [check_grounding(answer, records[row].input) for answer, row in zip(answers, rows, strict=True)]


def foreign_sources(cnrs: Sequence[str], seed: int) -> list[int] | None:
    """For each row the first row of another case: a seeded derangement of the cases. None for fewer than two cases.

    The cases are shuffled into one ring and each takes the next one's judgment (S. Sattolo, An algorithm to generate
    a random cyclic permutation, 1986), so none keeps its own, and every order of the rows gives the same pairs.
    """
    first = {cnr: row for row, cnr in reversed(list(enumerate(cnrs)))}
    if len(first) < 2:
        return None
    ring = sorted(first)
    np.random.default_rng(seed).shuffle(ring)
    following = dict(zip(ring, ring[1:] + ring[:1], strict=True))
    return [first[following[cnr]] for cnr in cnrs]
