"""What a phrase of an outcome is said of: the matter before the court, or something beside it."""

import re

_NO_MATTER = (
    r"\b(?:contentions?|arguments?|(?<!bail )pleas?(?! for (?:\w+ )?bail)|submissions?|objections?|requests?|defence"
    r"|evidence|testimony|offer|explanation|theory|version)\b"
)
_NOT_A_MATTER_WORD = re.compile(_NO_MATTER)
_NOT_A_MATTER = re.compile(rf"{_NO_MATTER}(?: (?!and the )[\w']+){{0,9}} $")
_MATTER_WORDS = (
    *("bail", "petition", "application", "appeal", "suit", "revision", "relief", "prayer", "divorce", "probate"),
    *("writ", "slp", "reference", "claim", "case", "matter"),
)
_MATTER_NAMED = re.compile(
    r"\b(?:bail|petitions?|applications?|appeals?|suits?|revisions?"
    r"|reliefs?|prayers?|divorce|probate|writ|leave to appeal|slp|reference"
    r"|claim|plea for bail|case|matter)\b"
)
_NOT_THE_RELIEF = re.compile(
    r"\b(?:leave|time|liberty|opportunity|interim|permission|stay|adjournment"
    r"|exemption|sanction|licen[cs]e|lease|pension|promotion|custody"
    r"|copy|set off|benefit)\b(?: \w+){0,5} $"
)
# Words that courts also use of other things: leave is granted, a plea rejected, a witness's version accepted.
_CHOOSY = frozenset(
    (
        *("granted", "accepted", "refused", "declined", "denied", "rejected", "withdrawn", "turned"),
        *("grants", "rejects", "fails", "succeeds", "grant", "reject", "fail", "succeed"),
    )
)
# Of a record it says nothing of the matter that it goes back: "let the record of the case be sent back".
_RECORD = re.compile(
    r"\b(?:records?|lcr|r ?& ?p|paper ?books?|case diary|file)\b(?: of (?:the |this )?(?:\w+ )?\w+)?"
    r"(?: (?!matter|case|appeal|suit|petition|application|proceedings)[\w&]+){0,5} $"
)
_OTHER_CLAUSE = re.compile(r"[.;,]| and ")
_MOVED = re.compile(r"appeal|petition|application|revision|reference|अपील|याचिका|आवेदन|पुनरीक्षण")
_ELSEWHERE = re.compile(r" (?:filed|instituted|pending|presented) (?:before|in) (?:the|a) ")
_CO_ACCUSED = re.compile(r"\bco-?accused(?: [\w']+){0,5} $")
_AUXILIARY = re.compile(r"(?:\b(?:is|are|was|were|stands?|hereby|accordingly|has|have|been|be) )+$")


def is_beside_the_point(phrase: str, before: str, after: str) -> bool:
    """Whether what was decided is a contention, another relief or a third person's case, not the matter."""
    if "accused" in before and _CO_ACCUSED.search(before):
        return True
    if phrase in ("sent back", "remitted"):
        return bool(_RECORD.search(before))
    is_choosy = phrase.split(" ", 1)[0] in _CHOOSY
    if not is_choosy and phrase not in ("allowed", "dismissed"):
        return False
    needs_a_matter = is_choosy and " to " not in phrase and bool(before.strip())
    if needs_a_matter and not (_names_a_matter(before) or _names_a_matter(phrase) or _names_a_matter(_object(after))):
        return True
    # "rejected the plea and dismissed the appeal"
    is_next_verb = before.endswith(" and ") and _names_a_matter(_object(after))
    if not is_next_verb and _NOT_A_MATTER_WORD.search(before) and _NOT_A_MATTER.search(_without_auxiliary(before)):
        return True
    if not needs_a_matter:
        return False
    to_another = " bail" in before[-6:] and re.match(r" (?:to|by) (?!the (?:applicant|petitioner|appellant))", after)
    return bool(to_another or _NOT_THE_RELIEF.search(before))


def decides_what_moved(active: bool, before: str, after: str) -> bool:
    """Whether it is said of the appeal or petition, rather than of the suit or complaint that this is about."""
    told = _object(after, 90) if active else before
    return bool(_MOVED.search(told)) and not (active and _ELSEWHERE.search(told))


def _object(after: str, reach: int = 40) -> str:
    return _OTHER_CLAUSE.split(after[:reach], 1)[0]


def _without_auxiliary(before: str) -> str:
    return _AUXILIARY.sub("", before)


def _names_a_matter(text: str) -> bool:
    for word in _MATTER_WORDS:  # nearly always none, and a loop sees it three times as fast as a generator
        if word in text:
            return bool(_MATTER_NAMED.search(text))
    return False
