"""Numbers that courts give to records and judgments: the CNR and the neutral citation."""

import re
from collections.abc import Iterator
from datetime import date

from nyay_lib.law import tables
from nyay_lib.law.normalise import NormalText
from nyay_lib.law.reference import Mention

_CNR = re.compile(
    r"[a-z](?<![a-z0-9].)(?:[ -]?[a-z]){3}[ -]{0,3}\d[ -]?[a-z0-9](?:[ -]{0,3}\d)"
    r"(?:[ -]?\d){5}[ -]{0,3}\d(?:[ -]?\d){3}"
    r"(?![a-z0-9])"
)
_NEUTRAL = re.compile(
    r"[12](?<![a-z0-9].)(?<![a-z0-9][/.\-].)\d{3} ?(?P<sep>[:/])? ?"
    r"(?P<code>i\.n\.s\.c\.?|[a-z]{2,7})(?:-(?P<bench>[a-z]{1,5}))? ?(?P<sep2>[:/])? ?"
    r"0*(?P<number>\d{1,7})(?:[ -]{0,3}\(?(?P<strength>db|fb|sb|lb)(?![a-z0-9])\)?)?(?![a-z0-9/:])"
)
_FIRST_YEAR = 1950
_CODES: frozenset[str] = frozenset(code.lower() for code in tables.load("courts")["neutral"]["codes"])
_MONTHS: frozenset[str] = frozenset(name for names in tables.load("months")["names"].values() for name in names)


def find_cnrs(text: NormalText) -> Iterator[Mention]:
    """Case record numbers, 16 characters, hyphens and blanks dropped. Well-formed is not existing: no check digit."""
    for match in _CNR.finditer(text.lower):
        code = match[0].replace(" ", "").replace("-", "").upper()
        if _can_be(code):
            yield Mention(match.start(), match.end(), "cnr", code)


def _can_be(code: str) -> bool:
    return code[6:12] != "000000" and _FIRST_YEAR <= int(code[12:]) <= date.today().year


def find_neutral_citations(text: NormalText) -> Iterator[Mention]:
    """Neutral citations: `2023 INSC 456` and `2024:BHC-AUG:15099`, zero padding dropped."""
    for match in _NEUTRAL.finditer(text.lower):
        canonical = _neutral(match)
        if canonical:
            yield Mention(match.start(), match.end(), "neutral", canonical)


def _neutral(match: re.Match[str]) -> str | None:
    year, code = match[0][:4], match["code"].replace(".", "")
    if code == "insc":
        return f"{year} INSC {match['number']}"
    if not match["sep"] or not match["sep2"] or code in _MONTHS:
        return None
    if "/" in (match["sep"], match["sep2"]) and code not in _CODES:
        return None
    bench = f"-{match['bench']}" if match["bench"] else ""
    strength = f"-{match['strength']}" if match["strength"] else ""
    return f"{year}:{code}{bench}:{match['number']}{strength}".upper()
