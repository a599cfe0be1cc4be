"""Numbers of cases before courts and of first information reports: `Criminal Appeal No. 123 of 2020`."""

import re
from collections.abc import Iterator

from nyay_lib.law import tables
from nyay_lib.law.aliases import alternatives, index, squash
from nyay_lib.law.dates import full_year
from nyay_lib.law.normalise import NormalText
from nyay_lib.law.patterns import lazily
from nyay_lib.law.reference import Mention

_KINDS: dict[str, list[str]] = tables.load("case_kinds")
_KIND_OF = index(_KINDS)
WIDEST_RANGE = 50
_SHORTEST = len("1/20")

_NUMBER_WORD = r"(?:nos?\.?(?: ?\(s\))?|number|numbers|संख्या|सं|क्रमांक|क्र|नं)(?![a-z\u0900-\u097f])"
_YEAR_PART = (
    r"(?: ?(?:/|of(?: the year)?|सन्?|वर्ष|का) ?(?P<year>(?:1[89]|20)\d\d|(?<=/)\d\d)(?!\d|[/.\-]\d)"
    r"| ?- ?(?P<dashed>(?:19|20)\d\d)(?!\d|[/.\-]\d| ?of \d{4}))"
)
_ITEM = rf"(?P<number>\d{{1,7}})(?!\d)(?: ?\([a-z]{{1,4}}\))?{_YEAR_PART}?"
_PLAIN_ITEM = re.sub(r"\?P<\w+>", "?:", _ITEM)
_BETWEEN = r" ?(?:,? ?(?:and|&|तथा|और|एवं)|,|-|to) ?(?:[ivx]{1,3}-)?"
_CASE = lazily(
    rf"(?>(?P<kind>{alternatives((name for names in _KINDS.values() for name in names), '[a-z0-9]')})"
    r"(?:(?<=\))|(?![a-z0-9\u0900-\u097f])))(?=[^0-9]{0,40}+[0-9])"
    rf"(?: ?\([a-z&. ]{{1,12}}\))?[ .:,/\-)]{{0,3}}(?P<diary>(?:diary|d(?=\. ?no))[ .]{{0,2}})?"
    rf"(?:(?:bearing|being) )?(?P<word>{_NUMBER_WORD})?[ .:#\-)]{{0,4}}(?:(?:[ivx]{{1,3}}|m|st) ?- ?)?"
    rf"(?P<list>(?>{_PLAIN_ITEM})(?:{_BETWEEN}(?>{_PLAIN_ITEM})){{0,40}}+)"
)
_EACH = lazily(_ITEM)


def find_case_numbers(text: NormalText) -> Iterator[Mention]:
    """Case numbers as `KIND|number|year`; a list shares the year that follows it, a range is expanded."""
    lower = text.lower.replace("[", "(").replace("]", ")")  # SLP [C], as the Supreme Court's registry writes it
    for match in _CASE.finditer(lower):
        if len(match["list"]) < _SHORTEST:
            continue
        kind = _KIND_OF[squash(match["kind"])] + (" DIARY" if match["diary"] else "")
        found = _numbers(match["list"], short_years=bool(match["word"]) or kind == "FIR")
        end = match.start("list") + max((end for _, _, end in found), default=0)
        for number, year, _ in found:
            yield Mention(match.start(), end, "case_number", f"{kind}|{number}|{year}")


def _numbers(listed: str, short_years: bool) -> list[tuple[int, str, int]]:
    found: list[tuple[int, str, int]] = []
    waiting: list[int] = []
    previous_end = 0
    for item in _EACH.finditer(listed):
        waiting += _from_range(waiting, listed[previous_end : item.start()], int(item["number"]))
        previous_end = item.end()
        year = item["year"] or item["dashed"]
        if year and (short_years or len(year) == 4):
            found += [(number, full_year(year), item.end()) for number in waiting]
            waiting = []
    return found


def _from_range(before: list[int], separator: str, number: int) -> list[int]:
    is_range = before and separator.strip() in ("-", "to")
    if is_range and 0 < number - before[-1] <= WIDEST_RANGE:
        return list(range(before[-1] + 1, number + 1))
    return [number]
