"""Dates, day first as India writes them."""

import re
from collections.abc import Iterator
from datetime import date

from nyay_lib.law import tables
from nyay_lib.law.normalise import NormalText
from nyay_lib.law.reference import Mention

_NAMES: dict[str, list[str]] = tables.load("months")["names"]
_MONTH_OF = {name: int(month) for month, names in _NAMES.items() for name in names}
_LAST_SHORT_YEAR_OF_2000S = 30

_MONTH = f"(?:{'|'.join(sorted(_MONTH_OF, key=len, reverse=True))})"
# A hyphen after a year joins two dates; a slash does so where the second is written with another sign.
_START = r"(?<![a-z0-9].)(?<!\d\..)(?<!(?<!\d\d\d)\d-.)(?:(?<!\d/.)|(?<=\d\d\d\d/.)(?=\d?[.\-]))"
_END = r"(?![a-z0-9]|\.\d|[/\-]\d(?!\d?[/.]\d\d?[/.][12]\d))"
_SHORT_YEAR = r"\d\d(?!,? [12]\d\d\d(?!\d)|[/.] \d{4})"  # of "1. August 15, 1947" the 15 is none
_ORDINAL = r"(?: ?(?:st|nd|rd|th)(?![a-z]))?"
_DAY_FIRST = re.compile(
    rf"(?P<day>[0-9](?=\d? ?[/.\-]){_START}\d?) ?(?P<sep>[/.\-]) ?(?P<month>\d\d?) ?"
    rf"(?P=sep) ?(?P<year>[12]\d\d\d|(?<=[^ ]){_SHORT_YEAR}){_END}"
)
_YEAR_FIRST = re.compile(
    rf"(?P<year>[12](?=\d\d\d[/.\-]){_START}\d\d\d)(?P<sep>[/.\-])(?P<month>\d\d?)"
    r"(?P=sep)(?P<day>\d\d?)(?![a-su-z0-9]|[/\-.]\d)"
)
_DAY_MONTH = re.compile(
    rf"(?P<day>[0-9](?=\d?[ ,.\-/]{{0,2}}+[^\W\d]){_START}\d?){_ORDINAL}[ ,.\-/]{{0,2}}"
    rf"(?:(?:day )?of (?:the month of )?)?(?P<month>{_MONTH})"
    rf"[ ,.\-/]{{0,3}}(?P<year>[12]\d\d\d|'?{_SHORT_YEAR}){_END}"
)
# "the intervening night of 12/13.03.2021" and "12th and 13th March, 2021" name two days.
_TWO_DAYS = re.compile(
    rf"(?P<eve>[0-9](?=\d?(?:st|nd|rd|th)? ?[/&\-a]){_START}\d?){_ORDINAL} ?(?:[/&\-]|and) ?(?P<day>\d\d?)"
    rf"(?:(?P<dot>\.)|{_ORDINAL}[ ,]{{0,2}}(?:of )?)(?P<month>(?(dot)\d\d?|{_MONTH}))(?(dot)\.|[ ,]{{0,3}})"
    rf"(?P<year>[12]\d\d\d|'?\d\d){_END}"
)
_MONTH_DAY = re.compile(
    rf"(?P<month>[a-z](?<![a-z0-9].)[a-z]{{2,8}})[ .]{{1,2}}(?P<day>\d\d?){_ORDINAL}[ ,]{{1,2}}"
    rf"(?P<year>[12]\d\d\d){_END}"
)
# 5.2.12 may be a paragraph and 3/4/25 a list of sections: with a short year, the words before decide.
_NOT_A_DATE = re.compile(
    r"(?<![a-z])(?:paras?|paragraphs?|clauses?|rules?|items?|points?|chapters?|versions?|sections?|secs?|ss?|u/ss?|articles?|"
    r"arts?|nos?|धारा|pages?|pp?|volumes?|sl|serial)[. :(#\-]{0,3}$"
)
_CONTEXT = 14


def find_dates(text: NormalText) -> Iterator[Mention]:
    """Dates as `YYYY-MM-DD`; 05/04/2021 is 5 April, and a date that cannot be is none."""
    for match in _TWO_DAYS.finditer(text.lower):
        eve, day = _canonical(match, match["eve"]), _canonical(match, match["day"])
        if eve and day and eve < day:
            yield Mention(match.start(), match.end(), "date", eve)
            yield Mention(match.start(), match.end(), "date", day)
    for pattern in (_DAY_FIRST, _YEAR_FIRST, _DAY_MONTH, _MONTH_DAY):
        for match in pattern.finditer(text.lower):
            canonical = _canonical(match, match["day"])
            if canonical:
                yield Mention(match.start(), match.end(), "date", canonical)


def full_year(year: str) -> str:
    """Four digits of a year; two-digit years to 30 are 20xx, the others 19xx."""
    if len(year) == 4:
        return year
    return f"20{year}" if int(year) <= _LAST_SHORT_YEAR_OF_2000S else f"19{year}"


def _canonical(match: re.Match[str], day: str) -> str | None:
    year, named = match["year"].lstrip("'"), match["month"]
    month = int(named) if named.isdigit() else _MONTH_OF.get(named)
    if month is None or (len(year) == 2 and _is_numbering(match)):
        return None
    try:
        return date(int(full_year(year)), month, int(day)).isoformat()
    except ValueError:
        return None


def _is_numbering(match: re.Match[str]) -> bool:
    return bool(_NOT_A_DATE.search(match.string, max(0, match.start() - _CONTEXT), match.start()))
