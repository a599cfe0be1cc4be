"""What lawyers said of each sheet, kept as it comes: ``runs/<run>/evaluation/review/opinions.json``."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

import pydantic
from filelock import FileLock
from pydantic import Field

from nyay_lib.files import write_json
from nyay_lib.frozen import Frozen
from nyay_lib.review.opening import BlindSheet, Opened, parsed
from nyay_lib.runs import RunDir

# The five checks of the release's card, and what each asks.
CHECKS = {
    "accuracy": "Every fact in it matches the judgment.",
    "completeness": "Nothing of weight is left out.",
    "legal_soundness": "The law is understood and applied correctly.",
    "no_hallucination": "Every section, case and citation is real and stands where it should.",
    "clarity": "It is well structured and easy to follow.",
}


class Checks(Frozen):
    """What was found of one answer."""

    accuracy: bool
    completeness: bool
    legal_soundness: bool
    no_hallucination: bool
    clarity: bool

    @property
    def approved(self) -> bool:
        """Approved is what passed all five."""
        return all(self.model_dump().values())


class Opinion(Frozen):
    """What a lawyer said of both answers of the sheet ``id``, and whether in the form or in a file."""

    id: str
    a: Checks
    b: Checks
    note: str = ""
    source: Literal["form", "file"]
    time: datetime = Field(default_factory=lambda: datetime.now(UTC))

    def says_as(self, other: "Opinion | None") -> bool:
        """Whether both say the same, whenever and wherever."""
        return other is not None and (self.a, self.b, self.note) == (other.a, other.b, other.note)


OPINIONS: pydantic.TypeAdapter[dict[str, Opinion]] = pydantic.TypeAdapter(dict[str, Opinion])


def read_opinions(run: RunDir) -> dict[str, Opinion]:
    """All that was said, by the ids of sheets. Raises EvaluationError for a file that is damaged."""
    return parsed(OPINIONS, run.opinions) or {}


def keep(run: RunDir, opinions: Iterable[Opinion]) -> int:
    """Keep opinions, all or none; a later one on a sheet takes the earlier one's place. Returns how many are new."""
    run.opinions.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(run.opinions.with_name(".opinions.lock")):
        before = read_opinions(run)
        new = {one.id: one for one in opinions if not one.says_as(before.get(one.id))}
        if new:
            write_json(run.opinions, OPINIONS.dump_python(before | new, mode="json"))
    return len(new)


def open_sheets(run: RunDir, opening: Opened) -> list[BlindSheet]:
    """The sheets on which nothing was said yet."""
    said = read_opinions(run)
    return [sheet for sheet in opening.sheets if sheet.id not in said]
