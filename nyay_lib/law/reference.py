"""A legal reference, and where it stands in a text."""

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Reference:
    """A hard legal reference by the reference grammar: one `kind`, one spelling.

    `kind` is one of cnr, neutral, reporter, case_number, statute, date, money, case_name;
    `canonical` is the one form that every way of writing it comes down to, such as `IPC:304B`.
    """

    kind: str
    canonical: str


class Mention(NamedTuple):
    """One place where a reference is written: characters `start` to `end` of the normalised text."""

    start: int
    end: int
    kind: str
    canonical: str
