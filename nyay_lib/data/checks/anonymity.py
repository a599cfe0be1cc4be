"""Names that must not be known: of victims of sexual offences, of children, and of what would lead to them.

Sources: IPC 228A, BNS 72, POCSO 23 and 33(7), JJ 74; Nipun Saxena v. Union of India, (2019) 2 SCC 703. What is flagged
is a name, or a parent, school or village beside the victim. Initials, `Ms. X`, and names of accused, doctors, officers
and advocates are as the law wants them.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from typing import Any

from nyay_lib.data.checks import tables
from nyay_lib.data.checks.passages import spans
from nyay_lib.data.records import Record
from nyay_lib.law import extract_references
from nyay_lib.law.patterns import lazily
from nyay_lib.law.statutes import parse_statute

_TABLE: dict[str, Any] = tables.load("anonymity")
_WORDS: dict[str, Any] = _TABLE["words"]
_GATE: list[str] = _WORDS["gate"]
_PLAIN = lazily(_WORDS["plain"])
_SECTIONS: dict[str, frozenset[str]] = {
    act: frozenset(sections) for act, sections in _TABLE["triggers"]["sections"].items()
}
_NOT_NAMES = frozenset(_WORDS["not_names"])

_ENGLISH_WORDS: list[str] = _WORDS["english_words"]
_HINDI_WORDS: list[str] = _WORDS["hindi_words"]
_PART = lazily(r"(?<!P)<([a-z]+)>")


def _pattern(language: str, kind: str) -> re.Pattern[str]:
    """The patterns of one kind, each <part> put in, and the parts of parts; its names are numbered groups."""
    parts: dict[str, str] = _TABLE[language]["parts"] | {"others": "|".join(sorted(_NOT_NAMES))}
    pattern = "|".join(_TABLE[language][kind])
    while found := _PART.search(pattern):
        pattern = pattern.replace(found[0], parts[found[1]])
    numbers = count(1)
    return lazily(re.sub(r"\(\?P<n>", lambda _: f"(?P<n{next(numbers)}>", pattern))


_NAMED, _LEADING = _pattern("english", "named"), _pattern("english", "leading")
_HINDI = _pattern("hindi", "patterns")
_TITLE = lazily(f"^{_TABLE['english']['parts']['title']} ")


def anonymity(record: Record) -> str | None:
    """A name, parent, school or village of one whom the law keeps unknown, in a case of that kind."""
    fields = (("input", record.input), ("output", record.output))
    if not any(_is_protected(text) for _, text in fields):
        return None
    for name, text in fields:
        if found := _name_in(text):  # the detail goes to a log: it does not repeat the name
            return f"{name} tells who the victim or child is, from character {found.start() + 1}"
    return None


@lru_cache(maxsize=8)  # rows of a case stand together, and share their judgment
def _is_protected(text: str) -> bool:
    """Whether a text speaks of a sexual offence or of a child before a board."""
    lower = text.lower()
    stretches = [lower[start:end] for start, end in spans(lower, _GATE, 60, 60)]
    if not stretches:
        return False
    if any(_PLAIN.search(stretch) for stretch in stretches):
        return True
    cased = " \n\n".join(text[start:end] for start, end in spans(lower, _GATE, 300, 200))
    return any(_is_trigger(found.canonical) for found in extract_references(cased) if found.kind == "statute")


def _is_trigger(canonical: str) -> bool:
    statute = parse_statute(canonical)
    if statute is None or statute.act not in _SECTIONS:
        return False
    sections = _SECTIONS[statute.act]
    return not sections or f"{statute.number}{statute.letter}" in sections


@lru_cache(maxsize=8)
def _name_in(text: str) -> re.Match[str] | None:
    lower = text.lower()
    for start, end in spans(lower, _ENGLISH_WORDS, 120, 260):
        for match in _NAMED.finditer(text, start, end):
            if any(_is_name(part) for part in match.groupdict().values() if part):
                return match
        if match := next(_leads(text, start, end), None):
            return match
    for start, end in spans(text, _HINDI_WORDS, 80, 200):
        if match := _HINDI.search(text, start, end):
            return match
    return None


def _leads(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    for match in _LEADING.finditer(text, start, end):
        if match["n1"] is None or _is_name(match["n1"]):
            yield match


def _is_name(written: str) -> bool:
    """Whether capitalised words are a person's name: `Sunita Patil`, but not `Compensation Scheme` or `Ms. X`."""
    words = _TITLE.sub("", written).split()
    return bool(words) and not any(word in _NOT_NAMES for word in words[:2])
