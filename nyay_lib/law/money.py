"""Sums of money in rupees."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from nyay_lib.law import tables
from nyay_lib.law.normalise import NormalText
from nyay_lib.law.reference import Mention

_UNITS: dict[str, list[str]] = tables.load("money")["units"]
_TIMES = {word: Decimal(factor) for factor, words in _UNITS.items() for word in words}

_UNIT = f"(?:{'|'.join(sorted(_TIMES, key=len, reverse=True))})(?![a-z\u0900-\u097f])"
_DIGITS = r"\d{1,15}(?:,\d{2,3}){0,6}(?:\.\d{1,6}|)(?!\d|,\d)"
_CRORE = r"(?:crores?|करोड\u093c?)(?![a-z\u0900-\u097f])"  # 1.5 lakh crore
_IN_WORDS = r"\([a-z ]{3,40}\)"  # Rs. 5 (five) lakhs
# Nearly every sum is figures alone, so what may follow them is tried only where its first character stands.
_TIMES_UNIT = rf"(?:(?=[ \-a-z(\u0900-\u097f])[ \-]?(?:{_IN_WORDS} |){_UNIT}(?: {_CRORE}|)\.?|)"
_AND_MORE = rf"(?:(?=[ ,])(?:(?:,| and|) {_DIGITS} {_UNIT}){{1,3}}|)"
_SUM = rf"{_DIGITS}{_TIMES_UNIT}{_AND_MORE}"
_PAISE = r"(?:(?=[ ,])(?: and|,|) (?:(?P<paise>\d{1,2}) paise|paise (?P<paise_after>\d{1,2})(?!\d))|)"
_BEFORE = re.compile(
    r"(?:r(?<![a-z0-9].)(?:s|e(?=\.)|upees?)|i(?<![a-z0-9].)nr|₹|रु(?:पये|पए|पया)?|रू(?:पये|पए|पया)?)"
    rf"[ .:=]{{0,3}}-? ?(?P<sum>{_SUM}){_PAISE}(?: ?/-|)"
)
_AFTER = re.compile(
    rf"(?P<sum>\d(?<![a-z0-9/.,\-].)[\d,]{{0,20}}(?:\.\d{{1,6}})?(?: {_UNIT})?)"
    r"(?: ?/-(?!\d)(?: (?:rupees|रुपये|रुपए|रूपये)(?![a-z\u0900-\u097f]))?| (?:rupees|रुपये|रुपए|रूपये|रु)(?![a-z\u0900-\u097f]))"
)
_TERM = re.compile(
    rf"(?P<digits>[\d,]*\d(?:\.\d+)?)(?:[ \-]?(?:{_IN_WORDS} )?(?P<unit>{_UNIT})(?: (?P<times>{_CRORE}))?)?"
)
_MARKS = ("/-", "rupees", "रु", "रू")
_FEWEST_BARE_DIGITS = 3


def find_money(text: NormalText) -> Iterator[Mention]:
    """Sums as `INR:n` in rupees, paise as decimals; the same sum again in words is not read."""
    for match in _BEFORE.finditer(text.lower):
        written, paise, paise_after = match.group("sum", "paise", "paise_after")
        yield Mention(match.start(), match.end(), "money", _canonical(written, paise or paise_after))
    for match in _AFTER.finditer(text.lower) if any(mark in text.lower for mark in _MARKS) else ():
        if _rupees(match["sum"]) >= 10 ** (_FEWEST_BARE_DIGITS - 1):  # "5/-" is oftener a slip than a sum
            yield Mention(match.start(), match.end(), "money", _canonical(match["sum"], None))


def _canonical(written: str, paise: str | None) -> str:
    if paise is None and written.isdecimal():
        return f"INR:{int(written)}"  # nearly always, and the quickest
    return f"INR:{_plain(_rupees(written) + (Decimal(paise) / 100 if paise else 0))}"


@lru_cache(maxsize=8192)
def _rupees(written: str) -> Decimal:
    if written.isdigit():
        return Decimal(written)
    terms = _TERM.finditer(written)
    return sum((_number(term["digits"]) * _factor(term["unit"]) * _factor(term["times"]) for term in terms), Decimal(0))


def _factor(unit: str | None) -> Decimal:
    return _TIMES[unit] if unit else Decimal(1)


def _number(digits: str) -> Decimal:
    return Decimal(digits.replace(",", ""))


def _plain(rupees: Decimal) -> str:
    written = f"{rupees:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written
