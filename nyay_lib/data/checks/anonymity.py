"""Names that must not be known: of victims of sexual offences, of children, and of what would lead to them.

Sources: IPC 228A, BNS 72, POCSO 23 and 33(7), JJ 74; Nipun Saxena v. Union of India, (2019) 2 SCC 703. What is flagged
is a name, or a parent, school or village beside the victim. Initials, `Ms. X`, and names of accused, doctors, officers
and advocates are as the law wants them.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from nyay_lib.data.checks import tables
from nyay_lib.data.checks.passages import spans
from nyay_lib.data.records import Record
from nyay_lib.law import extract_references
from nyay_lib.law.statutes import parse_statute

_TABLE: dict[str, Any] = tables.load("anonymity")
_WORDS: dict[str, Any] = _TABLE["words"]
_GATE: list[str] = _WORDS["gate"]
_PLAIN = re.compile(_WORDS["plain"])
_SECTIONS: dict[str, frozenset[str]] = {
    act: frozenset(sections) for act, sections in _TABLE["triggers"]["sections"].items()
}
_NOT_NAMES = frozenset(_WORDS["not_names"])

_VICTIM, _TELLER, _PARENT = (f"(?i:{_WORDS[key]})" for key in ("victim", "teller", "parent"))
_HER_TITLE = r"(?:Kumari|Kum\.?|Ku\.?|Km\.?|Miss|Ms\.?|Mst\.?|Smt\.?|Baby|Master|Mrs\.?|Sushri)"
_WORD = rf"(?-i:(?!(?:{'|'.join(sorted(_NOT_NAMES))})\b)[A-Z][a-z]{{2,20}})"


def _name(group: str) -> str:
    return rf"(?P<{group}>(?:{_HER_TITLE} )?{_WORD}(?: (?:@ )?{_WORD}){{0,3}})"


_WITNESS = r"(?: ?\(?(?:P\.?W|C\.?W|PW)[ .\-]{0,2}\d{1,3}\)?,?)?"
_BETWEEN = rf"{_WITNESS}(?:,| -| –| —|:)?(?: (?:namely|named|viz\.?|called|by name|i\.e\.,?|known as|one))?,? "
_WHO_IS = r",? ?(?:\(|, ?|- ?|, who is |, being |, i\.e\.,? )(?:the |a |an |said )?"
_PLACE = (
    rf"(?:(?:the )?(?:village|gram|gaon|hamlet|mohalla|basti|tola|chawl) (?:of )?{_WORD}"
    rf"|{_WORD}(?:pur|garh|gaon|wadi|palli|nagar|kheda)?,? (?:village|taluka|tehsil))"
)
_KIND_OF_SCHOOL = r"(?:School|Vidyalaya|Vidya ?Mandir|College|Convent|Academy|Ashram ?[Ss]hala)"
_SCHOOL = (
    rf"(?:(?:[A-Z][\w.'&-]{{1,20}},? (?:of )?){{1,7}}{_KIND_OF_SCHOOL}"
    rf"|{_KIND_OF_SCHOOL},? (?:at |of |in )?(?:village )?{_WORD})"
)
_CHILD_OF = r"(?:daughter|son|[dDsSwW]/o|ward|child)\.?(?: of)? (?:late )?(?:Shri |Sri |Sh\. )?"
_LIVES = r"(?:resident|residing|[rR]/o|living|lives|hails|belongs|native|inhabitant)\.?(?: of| at| in| to| from)? "
_LEARNS = r"(?:student|studying|studies|studied|pupil|enrolled|reading|read|class|standard|std\.?)"
# Within a sentence; dots of abbreviations are let through.
_NEAR = r"(?:[^.;\n]|\.(?! [A-Z])){0,90}?"

_NAMED = re.compile(
    rf"\b{_VICTIM}{_BETWEEN}{_name('victim')}"
    rf"|\b{_TELLER}{_BETWEEN}{_name('teller')}"
    rf"|{_name('before')}{_WITNESS}{_WHO_IS}{_VICTIM}\b"
    rf"|{_name('minor')},? \(?(?:a )?minor\b\)?,? (?:girl|child|through|daughter|represented|aged|rep)"
    rf"|\b(?i:name of the) {_VICTIM} (?:is|was|being|as){_BETWEEN[:-1]} ?{_name('called')}"
    rf"|\b(?i:her|his|the) {_PARENT},? (?:namely,? )?{_name('kin')}"
    rf"|\b{_PARENT} of (?:the )?{_VICTIM}{_BETWEEN}{_name('kin_after')}"
    rf"|\b{_VICTIM}'s {_PARENT}{_BETWEEN}{_name('her_kin')}"
    rf"|{_name('kin_before')}{_WITNESS},? ?\(?,? ?(?:the |who is the |being the )?{_PARENT} of (?:the )?{_VICTIM}\b"
    rf"|{_name('her_kin_before')}{_WITNESS},? ?\(?,? ?(?:the )?{_VICTIM}'s {_PARENT}\b"
)
_LEADING = re.compile(rf"\b{_VICTIM}\b{_NEAR}\b(?:{_CHILD_OF}{_name('of')}|{_LIVES}{_PLACE}|{_LEARNS}{_NEAR}{_SCHOOL})")


def _hindi() -> re.Pattern[str]:
    """The patterns of the table, each <part> put in, and the parts of parts."""
    parts: dict[str, str] = _TABLE["hindi"]["parts"]
    pattern = "|".join(_TABLE["hindi"]["patterns"])
    while found := re.search(r"<([a-z]+)>", pattern):
        pattern = pattern.replace(found[0], parts[found[1]])
    return re.compile(pattern)


_HINDI = _hindi()
_HINDI_WORDS: list[str] = _WORDS["hindi_words"]
_ENGLISH_WORDS = (
    "prosecutrix", "victim", "survivor", "minor", "juvenile", "conflict with", "delinquent", "complainant", "informant",
    "father", "mother", "parent", "guardian", "brother", "sister", "uncle", "aunt", "grand", "husband", "girl", "child",
    "ccl", "jcl",
)  # fmt: skip


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
        if match["of"] is None or _is_name(match["of"]):
            yield match


def _is_name(written: str) -> bool:
    """Whether capitalised words are a person's name: `Sunita Patil`, but not `Compensation Scheme` or `Ms. X`."""
    words = re.sub(rf"^{_HER_TITLE} ", "", written).split()
    return bool(words) and not any(word in _NOT_NAMES for word in words[:2])
