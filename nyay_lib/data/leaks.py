"""The leak certificate: training and validation are apart by case and by near-duplicate cluster, or these pairs leak.

What a model is measured on must not be what it was trained on. Two rows are of one kin if they share a CNR or their
inputs are in one near-duplicate cluster, and so on from row to row; a leak is a training row and a validation row of
one kin.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from nyay_lib.data.disjoint_sets import DisjointSets
from nyay_lib.data.near_duplicates import NearDuplicates
from nyay_lib.data.rows import NO_INPUT
from nyay_lib.errors import DataError
from nyay_lib.files import replacing
from nyay_lib.frozen import Frozen

LISTED = 20
_WHY = {"same_case": "the same case", "near_duplicate": "a case with nearly the same text"}


class Leak(Frozen):
    """A training row and a validation row of one kin; ids are FILENAME:LINE.

    ``jaccard`` is the index of their inputs where they were compared: None for near-duplicates means that a third
    input joins them, or hundreds do.
    """

    training: str
    validation: str
    why: Literal["same_case", "near_duplicate"]
    jaccard: float | None


@dataclass(frozen=True, slots=True)
class LeakCertificate:
    """How many pairs leak and why, the first LISTED of them, and the validation rows that are in none."""

    validation_rows: int
    same_case: int
    near_duplicate: int
    first: tuple[Leak, ...]
    leak_free: tuple[str, ...]

    @property
    def pairs(self) -> int:
        return self.same_case + self.near_duplicate

    def require_apart(self) -> None:
        """Raises DataError if anything leaks, for a run that is strict about it."""
        if self.first:
            leak = self.first[0]
            raise DataError(
                f"{leak.validation}: leaks into training, as {leak.training} is of {_WHY[leak.why]} ({self.pairs} such "
                f"pairs, {len(self.leak_free)} of {self.validation_rows} validation rows are free of them); take these "
                "cases out of the training file, or set data.strict to false"
            )


def leaks_between(found: NearDuplicates, training: Sequence[int], validation: Sequence[int]) -> "Leaks":
    """The leaks between rows of ``found``, given by their numbers in order."""
    kin, cases = kinship(found), found.cases.tolist()
    held_out = {kin.find(cases[row]) for row in validation}
    families: dict[int, list[int]] = {}
    for row in training:
        if (family := kin.find(cases[row])) in held_out:
            families.setdefault(family, []).append(row)
    seen = {row: families[family] for row in validation if (family := kin.find(cases[row])) in families}
    return Leaks(found, validation, seen)


def kinship(found: NearDuplicates) -> DisjointSets:
    """Cases joined where they have inputs in one near-duplicate cluster."""
    cases = found.cases.tolist()
    kin = DisjointSets(max(cases, default=-1) + 1)
    first: dict[int, int] = {}
    for row, case in enumerate(cases):
        if (cluster := found.cluster(row)) != NO_INPUT:
            kin.union(case, first.setdefault(cluster, case))
    return kin


@dataclass(frozen=True, slots=True)
class Leaks:
    """The validation rows; ``seen`` gives each leaking one the training rows of its kin."""

    found: NearDuplicates
    validation: Sequence[int]
    seen: dict[int, list[int]]

    def __iter__(self) -> Iterator[Leak]:
        """Each pair, in the order of the validation rows and then of the training rows."""
        return (self._leak(training, row) for row, kin in self.seen.items() for training in kin)

    def _leak(self, training: int, validation: int) -> Leak:
        found = self.found
        return Leak(
            training=found.rows.id(training),
            validation=found.rows.id(validation),
            why="same_case" if found.cases[training] == found.cases[validation] else "near_duplicate",
            jaccard=found.jaccard(training, validation),
        )

    def certificate(self, listing: Path | None = None) -> LeakCertificate:
        """The counts and the first pairs; all of them are written to ``listing``, if it is given."""
        if listing:
            self.write(listing)
        cases = self.found.cases
        same = sum(int((cases[kin] == cases[row]).sum()) for row, kin in self.seen.items())
        return LeakCertificate(
            validation_rows=len(self.validation),
            same_case=same,
            near_duplicate=sum(map(len, self.seen.values())) - same,
            first=tuple(islice(self, LISTED)),
            leak_free=tuple(self.found.rows.id(row) for row in self.validation if row not in self.seen),
        )

    def write(self, path: Path) -> None:
        """All pairs, one JSON object a line."""
        with replacing(path) as partial, partial.open("w", encoding="utf-8") as file:
            for leak in self:
                file.write(json.dumps(leak.model_dump()) + "\n")
