"""Every hard legal reference in a text."""

from collections.abc import Callable, Iterable

from nyay_lib.law.case_names import find_case_names
from nyay_lib.law.case_numbers import find_case_numbers
from nyay_lib.law.citations import find_citations
from nyay_lib.law.dates import find_dates
from nyay_lib.law.identifiers import find_cnrs, find_neutral_citations
from nyay_lib.law.money import find_money
from nyay_lib.law.normalise import NormalText, normalise
from nyay_lib.law.reference import Mention, Reference, apart
from nyay_lib.law.statute_refs import find_statutes

# In this order: what one kind has read is hidden from the kinds after it, so that the page of a report is no section
# and the year of a case no date.
FINDERS: tuple[Callable[[NormalText], Iterable[Mention]], ...] = (
    find_cnrs,
    find_neutral_citations,
    find_citations,
    find_case_numbers,
    find_statutes,
    find_dates,
    find_money,
    find_case_names,
)


def extract_references(text: str) -> list[Reference]:
    """Each distinct hard reference of `text` once, in the order of first appearance.

    Kinds and canonical forms are those of the reference grammar, section 2. Takes linear time; never raises on any str.
    """
    remaining = normalise(text)
    firsts: dict[tuple[str, str], int] = {}  # of each reference, where it is first written
    hidden: list[Mention] = []
    for find in FINDERS:
        remaining = remaining.without(hidden)
        hidden = apart(find(remaining))
        for start, _, kind, canonical in hidden:
            firsts.setdefault((kind, canonical), start)
    return [Reference(kind, canonical) for kind, canonical in sorted(firsts, key=firsts.__getitem__)]
