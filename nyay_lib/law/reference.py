"""A legal reference, and where it stands in a text."""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

_START = attrgetter("start")


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


def apart(found: Iterable[Mention]) -> list[Mention]:
    """In order, without those that begin inside an earlier one; a list of sections shares one span and stays whole."""
    kept: list[Mention] = []
    last_start = last_end = -1
    for mention in sorted(found, key=_START):
        start, end = mention.start, mention.end
        if start >= last_end or (start == last_start and end == last_end):
            kept.append(mention)
            last_start, last_end = start, end
    return kept
