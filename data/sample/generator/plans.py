"""Which rows of a file carry which fault."""

from dataclasses import dataclass

from data.sample.generator.chance import Chance
from data.sample.generator.faults.catalogue import ONCE

FIRST = 8  # rows before it are clean, so that repeats have something to repeat


@dataclass(frozen=True, slots=True)
class Plan:
    """The faults of a file: spread evenly, the classes in turn, known of each row without looking at others."""

    name: str
    rows: int
    seed: int
    classes: tuple[str, ...]
    share: float

    @property
    def count(self) -> int:
        """How many rows are faulty."""
        wanted = round(self.rows * self.share) if self.classes else 0
        return max(0, min(wanted, (self.rows - FIRST) // 2))

    def fault(self, row: int) -> tuple[str, int] | None:
        """The class planted in a row, and how many of that class came before it in this file."""
        if not self.count or row < FIRST:
            return None
        step = (self.rows - FIRST) / self.count
        nearest = int((row - FIRST) / step)
        for n in (nearest, nearest + 1):
            if n < self.count and self._place(n, step) == row:
                name, before = self.classes[n % len(self.classes)], n // len(self.classes)
                return None if name == ONCE and before else (name, before)
        return None

    def _place(self, n: int, step: float) -> int:
        """The row of fault ``n``: somewhere in the first whole rows of its step."""
        chance = Chance(f"{self.seed}/{self.name}/{n}")
        return FIRST + int(n * step) + int(chance.random() * int(step))

    def clean_case(self, case: int) -> bool:
        """Whether both rows of a case are there and clean."""
        return case * 2 + 1 < self.rows and not (self.fault(case * 2) or self.fault(case * 2 + 1))
