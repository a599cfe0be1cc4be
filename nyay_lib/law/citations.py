"""Citations of law reports: `(1973) 4 SCC 225`, `AIR 1998 SC 2214`, `2019 SCC OnLine Del 123`."""

import re
from collections.abc import Iterable, Iterator, Mapping

from nyay_lib.law import tables
from nyay_lib.law.aliases import alternatives, index, squash
from nyay_lib.law.normalise import NormalText
from nyay_lib.law.patterns import lazily
from nyay_lib.law.reference import Mention

_NAMES: dict[str, list[str]] = tables.load("reporters")["names"]
_SERIES: dict[str, list[str]] = tables.load("reporters")["series"]
_COURTS: dict[str, list[str]] = tables.load("courts")["names"]
_NAME_OF, _SERIES_OF, _COURT_OF = index(_NAMES), index(_SERIES), index(_COURTS)


def _any(names: Iterable[Iterable[str]]) -> str:
    return alternatives(alias for aliases in names for alias in aliases) + r"(?![a-z])"


_OPEN, _CLOSE = r" ?+[(\[]?+ ?+", r" ?+[)\]]?+ ?+"  # possessive: a miss must not try every way of spacing
_CENTURY = r"(?:(?<=1)[89]|(?<=2)0)"
_SUPPLEMENT = r"supp?l?(?:ementary)?\.?"
_REPORTER = rf"(?P<reporter>{_any(_NAMES.values())})"
_COURT = rf"(?P<court>{_any(_COURTS.values())})"
_QUALIFIER = r"(?: ?[(\[] ?(?P<qualifier>[a-z&. ]{1,16}?) ?[)\]])?"
_PAGE = r"[ ,]{0,2}(?:at )?(?:p(?:age|\.)? ?)?0*(?P<page>\d{1,6})(?![a-z0-9])"

_YEAR_FIRST = lazily(
    rf"(?P<year>[12](?<![a-z0-9].){_CENTURY}\d\d)(?!\d){_CLOSE},?"
    rf"(?:{_OPEN}(?P<supp>{_SUPPLEMENT}){_CLOSE})?(?:{_OPEN}(?P<volume>\d{{1,4}}+){_CLOSE})?"
    rf"(?:{_OPEN}(?P<supp_after>{_SUPPLEMENT}){_CLOSE})? ?{_REPORTER}(?: ?\((?P<volume_amid>\d{{1,3}})\))?{_QUALIFIER}"
    rf"(?: ?{_COURT})?(?: ?[(\[]?(?P<supp_last>{_SUPPLEMENT})[)\]]?"
    rf"(?: ?\(?(?P<volume_last>\d{{1,3}})(?:\)| (?=\d)))?)?{_PAGE}"
)
_VOLUME_FIRST = lazily(
    rf"(?P<volume>[0-9](?=\d{{0,3}} ?[(\[])(?<![a-z0-9/.\-].)\d{{0,3}})"
    rf" ?[(\[] ?(?P<year>[12]{_CENTURY}\d\d) ?[)\]] ?{_REPORTER}{_QUALIFIER}{_PAGE}"
)
_REPORTER_FIRST = lazily(
    rf"(?P<reporter>{alternatives(_NAMES['AIR'] + _NAMES['ILR'] + _NAMES['JT'] + _NAMES['AIRONLINE'], '[a-z0-9]')})"
    rf"{_OPEN}(?P<year>[12]{_CENTURY}\d\d)(?!\d){_CLOSE},?(?:{_OPEN}(?P<volume>\d{{1,3}}+"
    rf"(?!\d)){_CLOSE})?{_QUALIFIER}(?: ?{_COURT})?{_PAGE}"
)
_ONLINE = lazily(
    rf"(?P<year>[12](?<![a-z0-9].){_CENTURY}\d\d)(?!\d){_CLOSE},? ?s\.? ?c\.? ?c\.? ?-?on ?-?line[ ,]{{0,2}}\(?"
    rf"(?:{_COURT}|(?P<free_court>[a-z&]{{1,8}}))\)?{_PAGE}"
)
_MANU = lazily(
    r"m(?<![a-z0-9].)anu ?/ ?(?P<court>[a-z&]{1,6}) ?/ ?0*(?P<page>\d{1,7}) ?/ ?"
    rf"(?P<year>[12]{_CENTURY}\d\d)(?!\d)"
)


def find_citations(text: NormalText) -> Iterator[Mention]:
    """Citations of law reports, as `REPORTER|YEAR|VOLUME|COURT or SERIES|PAGE`.

    One citation may be found by two patterns; the first and longer one comes first, the caller keeps that.
    """
    for pattern in (_VOLUME_FIRST, _REPORTER_FIRST, _YEAR_FIRST):
        for match in pattern.finditer(text.lower):
            yield Mention(match.start(), match.end(), "reporter", _canonical(match))
    for match in _ONLINE.finditer(text.lower):
        court = _COURT_OF.get(squash(match["court"] or match["free_court"])) or match["free_court"].upper()
        yield Mention(match.start(), match.end(), "reporter", f"SCC ONLINE|{match['year']}||{court}|{match['page']}")
    for match in _MANU.finditer(text.lower):
        canonical = f"MANU|{match['year']}||{match['court'].upper()}|{match['page']}"
        yield Mention(match.start(), match.end(), "reporter", canonical)


def _canonical(match: re.Match[str]) -> str:
    part: Mapping[str, str | None] = match.groupdict()
    series = _SERIES_OF.get(squash(part["qualifier"])) if part["qualifier"] else None
    court = _COURT_OF.get(squash(part.get("court") or part["qualifier"] or ""))
    supplement = part.get("supp") or part.get("supp_after") or part.get("supp_last")
    volume = part["volume"] or part.get("volume_amid") or part.get("volume_last") or ""
    volume = ("S" if supplement else "") + volume.lstrip("0")
    return f"{_NAME_OF[squash(match['reporter'])]}|{match['year']}|{volume}|{series or court or ''}|{match['page']}"
