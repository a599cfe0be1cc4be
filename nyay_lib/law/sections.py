"""Lists of numbers as acts number their parts: `302, 304-B and 498-A r/w 34`, `465 to 468`, `13(1)(ia) and (ib)`."""

import re
from collections.abc import Iterator
from functools import lru_cache

from nyay_lib.law.acts import INITIALS
from nyay_lib.law.patterns import lazily

WIDEST_RANGE = 50

_INNER = r"(?:\d{1,3}(?:-?[a-z]{1,3})?|[ivx]{1,6}|[ivx]{1,4}-[a-z]|[a-z]{1,3})"
_CLAUSE = rf"(?: ?[(\[] ?(?!(?i:{INITIALS}) ?[)\]])(?i:{_INNER}) ?[)\]])"  # 302(1), but not 302 (IPC)
# In "120 B IPC" the B is a suffix; in "34 I.P.C." and "7 E.C. Act" the letter begins the name of an act.
_NOT_AN_ACT = rf"(?! ?-? ?(?i:{INITIALS}(?![a-z0-9])|r ?/ ?w))"
_SMALL = r"(?!(?:[ao]s|at|by|i[fns]|o[fnr]|to|st|[nr]d|th|r/)(?![a-z0-9]))[a-z]{1,2}"  # 376ab, but not 302of
# Nearly always not, and cheaper than the names of acts.
_SUFFIX_AHEAD = r"(?=[A-Za-z]| ?-| [A-Za-z](?![A-Za-z0-9])| [A-E]{2}(?![A-Za-z0-9]))"
_SUFFIX = (
    rf"(?:{_SUFFIX_AHEAD}{_NOT_AN_ACT}"
    rf"(?P<suffix> ?- ?(?!(?i:part))(?:[A-Z]{{1,4}}|[a-z])|-{_SMALL}|[A-Z]{{1,4}}|{_SMALL}"
    rf"| [a-hj-z](?=\.? ?(?i:{INITIALS}(?![a-z0-9]))|$)"
    rf"| [A-E]{{2}}(?=\.? ?(?i:{INITIALS}(?![a-z0-9]))|[,/]|$)"
    rf"| [A-HJ-Z](?=\.? ?(?i:{INITIALS}(?![a-z0-9]))|(?!\.? ?[A-Z]\b)))(?![A-Za-z0-9]))?"
)
_NOTE = (
    r"(?:(?:[ ,]{1,2}| ?- ?)(?=\(?(?i:[pec]))\(?(?i:part|exception|explanation|proviso|clause)[ -]?"
    r"(?i:[ivx]{1,4}|\d{1,2}|\((?:[ivx]{1,4}|[a-z0-9])\))(?![a-z0-9])\)?"
    r"| ?-? ?भाग[ -]{0,2}(?:\d|(?i:[ivx]{1,3})|एक|दो|तीन)(?![\w\u0900-\u097f])"
    r"| ?\((?=[a-zA-Z][a-zA-Z /-]{4,60}\))[^()]{5,62}\))?"
)
_MORE = rf"(?:(?: ?[,&/]| (?:(?i:and|or)|तथा|और|एवं)){{1,2}}{_CLAUSE}+)*"
_ITEM_END = rf"(?:(?![A-Za-z0-9])|(?=(?i:{INITIALS})(?![A-Za-z0-9])))"  # 302IPC
ITEM = rf"(?P<number>\d{{1,4}})(?!\.?\d){_SUFFIX}(?P<clauses>{_CLAUSE}{{0,6}})(?P<more>{_MORE}){_NOTE}{_ITEM_END}"
_PLAIN_ITEM = re.sub(r"\?P<\w+>", "?:", ITEM)
_AND = (
    r"(?i:and/or|and|or|as well as|(?:along ?)?with|to be read with|read "
    r"(?:along )?with|r ?[./]? ?/? ?w\.?(?:s(?:ec)?\.)?(?=\.? ?\d|\.?s)\.?|r ?[./]? ?/? ?w\.?(?:s\.)?"
    r"|तथा|और|एवं|व|या|(?:सह ?|स)पठित)"
    r"(?![A-Za-z]|(?<![wW.])[0-9])"
)
_BETWEEN = rf"(?:(?: ?[,/&+] ?| ?{_AND} ?){{1,3}}+(?i:under )?| ?; ?(?=\d)| ?-(?=\d)| ?(?i:-|to|till|through|से) )"
_BETWEEN_AHEAD = r"(?= ?(?i:[,/&+;\-aorwtus§तऔएवयसधनअ]))"  # what a word between two numbers begins with
_EACH = lazily(ITEM)
_BETWEEN_CLAUSES = lazily(r",|&|/|\b(?i:and|or)\b|तथा|और|एवं")
_CLAUSES = lazily(_CLAUSE)
_SECTION_KEY = r"(?i:u/ ?s{1,2}|u/ ?secs?|sections?|secs?|s{1,2}|§{1,2}|धारा(?:ओं|एं|एँ)?)(?:\(s\))?[ .:\-]{0,3}"
_ARTICLE_KEY = r"(?i:articles?|arts?|अनुच्छेद(?:ों)?)[ .:\-]{0,3}"
_RULE_KEY = r"(?i:rules?|rr?|नियम)[ .:\-]{0,3}"
_MOST_ITEMS = 63


def _list(between: str) -> re.Pattern[str]:
    return lazily(rf"(?>{_PLAIN_ITEM})(?:{_BETWEEN_AHEAD}{between}(?>{_PLAIN_ITEM})){{0,{_MOST_ITEMS}}}+")


SECTION_LIST = _list(rf"(?:{_BETWEEN}(?:{_SECTION_KEY}(?=\d))?| {_SECTION_KEY}(?=\d))")
ARTICLE_LIST = _list(rf"(?:{_BETWEEN}(?:{_ARTICLE_KEY}(?=\d))?| {_ARTICLE_KEY}(?=\d))")
RULE_LIST = _list(rf"(?: ?[,&/] ?| (?i:and|और|एवं|तथा|व) | ?- ?| (?i:to) )(?:{_RULE_KEY}(?=\d))?")


@lru_cache(maxsize=8192)
def numbers(listed: str) -> tuple[str, ...]:
    """The canonical numbers of a written list: hyphens of suffixes dropped, ranges expanded, clauses completed.

    A range wider than 50 gives only its ends.
    """
    if listed.isdecimal():
        return (str(int(listed)),)
    found: list[str] = []
    previous: tuple[int, str, int] | None = None
    for item in _EACH.finditer(listed):
        this = int(item["number"]), _letters(item["suffix"]), item.end()
        if previous and _is_range(listed[previous[2] : item.start()]):
            found += _between(previous[:2], this[:2])
        found += _with_clauses(f"{this[0]}{this[1]}", item["clauses"], item["more"])
        previous = this
    return tuple(found)


def _letters(suffix: str | None) -> str:
    return (suffix or "").strip(" -").upper()


def _is_range(separator: str) -> bool:
    return separator.strip().lower() in ("-", "to", "till", "through", "से")


def _between(first: tuple[int, str], last: tuple[int, str]) -> list[str]:
    (low, low_letter), (high, high_letter) = first, last
    if low == high and len(low_letter) == len(high_letter) == 1:
        return [f"{low}{chr(code)}" for code in range(ord(low_letter) + 1, ord(high_letter))]
    return [str(number) for number in range(low + 1, high)] if high - low <= WIDEST_RANGE else []


def _with_clauses(base: str, clauses: str, more: str) -> Iterator[str]:
    chain = [_inner(clause[0]) for clause in _CLAUSES.finditer(clauses)]
    yield base + "".join(chain)
    for group in _BETWEEN_CLAUSES.split(more):
        added = [_inner(clause[0]) for clause in _CLAUSES.finditer(group)]
        if added:
            chain = [*_kept(chain, added[0]), *added]
            yield base + "".join(chain)


def _kept(chain: list[str], clause: str) -> list[str]:
    """The clauses above one that goes on a list: after 13(1)(ia), `(ib)` stands under 13(1), and `(2)` under 13."""
    for place in range(len(chain) - 1, -1, -1):
        if chain[place][1].isdigit() == clause[1].isdigit():
            return chain[:place]
    return chain


def _inner(clause: str) -> str:
    """The clause in its canonical case: (n) and (ii) small; a letter after a figure was inserted, as in (23C)."""
    written = clause.strip(" ()[]").replace("-", "").replace(" ", "")
    return f"({written.upper() if written[0].isdigit() else written.lower()})"
