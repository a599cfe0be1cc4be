"""What is known of a statute: whether it can exist, what came before it and after it."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

from nyay_lib.law import tables

Validity = Literal["possible", "doubtful", "impossible"]

_CANONICAL = re.compile(
    r"(?P<act>[^:]+):(?:(?P<article>ART)|O(?P<order>\d{1,4})(?P<order_letter>[A-Z]?)R)?"
    r"(?P<number>\d{1,6})(?P<letter>[A-Z]*)(?P<clauses>(?:\([^()]*\))*)"
)


@dataclass(frozen=True, slots=True)
class Act:
    """One act of the table, by its key.

    `sections`, `articles` and `orders` are the highest numbers; `known` says that they may be relied upon. `since` and
    `until` are the first day in force and the day its successor took over, where the table tells them.
    """

    key: str
    title: str
    year: int
    sections: int | None
    articles: int | None
    orders: int | None
    known: bool
    since: date | None
    until: date | None
    succeeded_by: str | None


@dataclass(frozen=True, slots=True)
class Statute:
    """A canonical statute taken apart: `CPC:O7R11(d)` is act CPC, unit rule, order 7, number 11, clauses ("(d)",)."""

    act: str
    unit: Literal["section", "article", "rule"]
    number: int
    letter: str = ""
    clauses: tuple[str, ...] = ()
    order: int | None = None
    order_letter: str = ""


@cache
def acts() -> dict[str, Act]:
    """Every act of the table by its key. Source: the reference grammar, section 3."""
    return {key: _act(key, fields) for key, fields in tables.load("acts").items()}


def parse_statute(canonical: str) -> Statute | None:
    """The parts of a canonical statute such as `IPC:376(2)(n)`; None if it is not one."""
    match = _CANONICAL.fullmatch(canonical)
    if not match:
        return None
    order = int(match["order"]) if match["order"] else None
    unit = "rule" if order is not None else "article" if match["article"] or match["act"] == "CONST" else "section"
    clauses = tuple(re.findall(r"\([^()]*\)", match["clauses"]))
    return Statute(
        match["act"], unit, int(match["number"]), match["letter"], clauses, order, match["order_letter"] or ""
    )


def base_section(canonical: str) -> str:
    """The section without its clauses: `IPC:376(2)(n)` is of `IPC:376`. A letter makes another section: 304B stays."""
    return canonical.partition("(")[0] if not canonical.startswith("OTHER ") else _other_base(canonical)


def validity(canonical: str) -> Validity:
    """Whether a statute can exist.

    Only a base number above a known maximum is impossible (IPC 620, Article 400). A letter on such a number, or a
    maximum that is only a soft bound, makes it doubtful. Acts outside the table are taken as they are.
    """
    statute = parse_statute(canonical)
    act = acts().get(statute.act) if statute else None
    if statute is None or act is None:
        return "possible"
    if statute.unit == "rule":  # the number of Orders is a soft bound
        return "doubtful" if act.orders and statute.order and statute.order > act.orders else "possible"
    highest = act.articles if statute.unit == "article" else act.sections
    if highest is None or statute.number <= highest:
        return "possible"
    return "impossible" if act.known and not statute.letter else "doubtful"


def exists(canonical: str) -> bool:
    """False only for a statute that cannot exist: a plain number above a maximum that may be relied upon."""
    return validity(canonical) != "impossible"


def successors(canonical: str) -> tuple[str, ...]:
    """The provisions that stand in the new law for this one or for its section: `IPC:420` gives (`BNS:318(4)`,)."""
    found = _successor_table().get(canonical) or _successor_table().get(base_section(canonical))
    return (found,) if found else ()


def is_successor(canonical: str, of: str) -> bool:
    """Whether `canonical` names the provision that succeeded `of`, or its section: BNS 318(4) or 318 after IPC 420.

    Another clause of the same section is not it: BNS 3(4) does not succeed IPC 34, which became BNS 3(5).
    """
    return any(_is_within(canonical, new) for new in successors(of))


def _act(key: str, fields: dict[str, Any]) -> Act:
    names = ("sections", "articles", "orders", "since", "until", "succeeded_by")
    optional: dict[str, Any] = {name: fields.get(name) for name in names}
    return Act(key=key, title=fields["title"], year=fields["year"], known=fields.get("known", False), **optional)


@cache
def _successor_table() -> dict[str, str]:
    table: dict[str, dict[str, str]] = tables.load("successors")
    return {f"{act}:{section}": new for act, sections in table.items() for section, new in sections.items()}


def _is_within(canonical: str, new: str) -> bool:
    if base_section(canonical) != base_section(new):
        return False
    named, whole = canonical.partition("(")[2], new.partition("(")[2]
    return not named or not whole or named.startswith(whole) or whole.startswith(named)


def _other_base(canonical: str) -> str:
    act, _, number = canonical.rpartition(":")
    return f"{act}:{number.partition('(')[0]}"
