"""The verdict: named rows, each with what was asked, what was measured, and why it passed or did not."""

from enum import StrEnum

from nyay_lib.frozen import Frozen
from nyay_lib.results import Result


class Outcome(StrEnum):
    """How a row ended. NOT MEASURED is never a pass."""

    PASS = "pass"
    MISSED = "MISSED"
    NOT_MEASURED = "NOT MEASURED"


class Row(Frozen):
    """One demand. A required row that is not passed holds the release back; an advisory one is printed.

    ``interval`` is the 95 % interval of what was measured, empty for what has none.
    """

    name: str
    target: str
    measured: str
    outcome: Outcome
    required: bool
    reason: str
    interval: str = ""

    @property
    def is_measured(self) -> bool:
        return self.outcome is not Outcome.NOT_MEASURED


class Verdict(Result):
    """Every row, and whether the model may go live."""

    rows: list[Row]

    @property
    def passed(self) -> bool:
        """Whether every required row passed; a verdict without required rows has not passed anything."""
        required = [row for row in self.rows if row.required]
        return bool(required) and all(row.outcome is Outcome.PASS for row in required)

    @property
    def blocking(self) -> list[Row]:
        """The required rows that did not pass."""
        return [row for row in self.rows if row.required and row.outcome is not Outcome.PASS]
