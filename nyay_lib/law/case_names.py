"""Names of cases: `Kesavananda Bharati v. State of Kerala`."""

import re
from collections.abc import Iterator
from functools import lru_cache

from nyay_lib.law import tables
from nyay_lib.law.normalise import NormalText
from nyay_lib.law.reference import Mention

_WORDS: dict[str, list[str]] = tables.load("names")
_OPENERS = frozenset(_WORDS["openers"])
_HONORIFICS = frozenset(_WORDS["honorifics"])
_JOINERS = frozenset(("of", "and", "the", "&"))
_MOST_WORDS = 14

_SEPARATOR = re.compile(
    r"v(?<=[\w.)\"'][ \n]v)(?:(?:\.|s\.?|/s\.?|ersus)[ \n]?|[ \n])(?=[\"'(]?[A-Z])"
    r"|V(?<=[\w.)\"'][ \n]V)(?:[sS]\.?|/[sS]\.?|ersus|ERSUS)[ \n](?=[\"'(]?[A-Z])"
    r"|V(?<=[A-Z][A-Z][ \n]V)\.?[ \n](?=[A-Z]{2})"  # in capitals, where V. could also be an initial
    r"|V(?<=\w[ \n]V)\.?[ \n](?=(?:State|Union)\b)"
    r"|-(?<=[\w.)\"'][ \n]-) ?[vV](?:[sS]\.?|\.|ersus|ERSUS)? ?-[ \n]?(?=[\"'(]?[A-Z])"  # Ram Kumar -Vs- State
)
# "Ram Kumar-Vs-State", "Ram Kumar Vs State": written "vs", since a capital would make it a word of either name.
_CAPITAL = re.compile(
    r"(?<=[\w.)])-([vV](?:[sS]\.?|ersus|ERSUS))-(?=[A-Z])|[ \n](V(?:[sS]|ersus|ERSUS))(?=[ \n][\"'(]?[A-Z])"
)
_ABBREVIATION = "|".join(_WORDS["abbreviations"])
_NEXT_SENTENCE = "|".join(_WORDS["sentence_openers"])
_NO_PARTY = "|".join(_WORDS["statute_words"])
_WORD = r"[A-Z][\w'&/\-]{0,40}+"
_TOKEN = rf"(?:(?:[A-Z]\.){{1,6}}(?:{_WORD})?|M/[sS]\.{_WORD}|M/[sS]\.?|(?:(?:{_ABBREVIATION})\.){{1,3}}|{_WORD})"
_RIGHT = re.compile(
    rf"[\"'(]?(?:the )?{_TOKEN}(?:(?: (?:of|and|the|&)){{0,2}} (?!(?<=\. )(?:{_NEXT_SENTENCE})\b|(?:{_NO_PARTY})\b)"
    rf"(?:{_TOKEN}|\([A-Z][A-Za-z. ]{{0,20}}\)(?= [A-Z]))){{0,{_MOST_WORDS}}}+"
)

# The first party is read from its end, so these are the same patterns on the reversed text.
_BACKWARD_ABBREVIATION = "|".join(name[::-1] for name in _WORDS["abbreviations"])
_BACKWARD_WORD = r"[\w'&/\-]{0,40}[A-Z]"
_BACKWARD_TOKEN = (
    rf"(?:{_BACKWARD_WORD}\.[sS]/M|\.?[sS]/M|(?:\.(?:{_BACKWARD_ABBREVIATION})){{1,3}}|(?:{_BACKWARD_WORD})?(?:\.[A-Z]){{1,6}}|{_BACKWARD_WORD})"
    r"(?![\w.&/\-]|'\w)"
)
_BACKWARD_BRACKET = r"\)[A-Za-z. ]{0,20}[A-Z]\("
_BACKWARD_OTHERS = (
    r"(?:(?:\.?[sS][rR][oO]|\.?[rR][nN][aA]|srehto|rehtona|srehtO|rehtonA"
    r"|SREHTO|REHTONA) (?:&|dna|DNA),? ,?)?"
)
_LEFT = re.compile(
    rf"[\"']?{_BACKWARD_OTHERS}(?:{_BACKWARD_BRACKET} )?{_BACKWARD_TOKEN}"
    rf"(?:(?: (?:fo|dna|eht|&)){{0,2}} (?:{_BACKWARD_TOKEN}|{_BACKWARD_BRACKET})){{0,{_MOST_WORDS}}}+"
)
# "Ram Kumar ... Petitioner versus", "Ram Kumar (D) by LRs. v.": what he is stands between his name and the separator.
_ROLES = "|".join(_WORDS["roles"])
_ROLE = re.compile(
    rf"(?:[ \n.,…:\-]{{1,40}}\(?(?:{_ROLES})(?:\(?s\)?)?(?:[/ ](?:{_ROLES})s?)?\)?"
    r"| \(?(?:dead|d|since deceased|deceased)\)? (?:by|through|thr\.?) "
    r"(?:his |her )?(?:lrs?|legal (?:representatives|heirs)))"
    r"[ \n.:]{0,3}$",
    re.IGNORECASE,
)
_ROLE_ENDS = (
    *(role + end for role in _WORDS["roles"] for end in ("", "s", "(s")),
    *("lr", "lrs", "representatives", "heirs"),
)
_OTHERS = re.compile(rf",? (?:&|and) (?:{'|'.join(_WORDS['others'])})\b.*$")
_SENTENCE_OPENER = re.compile(rf"(?:.*\. )(?=(?:{_NEXT_SENTENCE}) )", re.DOTALL)
_RETIRED = "(retd)"
_GLUED = re.compile(r"\bm/s\.(?=\w)")
_ROLE_WINDOW, _ROLE_TAIL = 60, 24


def find_case_names(text: NormalText) -> Iterator[Mention]:
    """Names of cases as `x v y`, lower case, from runs of capitalised words about `v.`, `vs` or `versus`."""
    forward = _CAPITAL.sub(_lowered, text.paragraphs)
    backward = forward[::-1]
    shared = ""  # a second party that runs into the next name: "A v. B and C v. D"
    shared_end = -1
    for separator in _SEPARATOR.finditer(forward):
        end = _before_role(forward, separator.start() - 1)
        if end == shared_end:
            before = _split(shared)[1]
            shared_end = -1
        else:
            left = _LEFT.match(backward, len(backward) - end)
            before = _in_one_sentence(left[0][::-1]) if left else ""
        right = _RIGHT.match(forward, separator.end()) if before else None
        if not right:
            continue
        after = right[0]
        if _SEPARATOR.match(forward, right.end() + 1):
            shared, shared_end = after, right.end()
            after = _split(after)[0]
        first, second = _party(before, True), _party(after, False)
        if first and second:
            yield Mention(end - len(before), separator.end() + len(after), "case_name", f"{first} v {second}")


def _lowered(found: re.Match[str]) -> str:
    return f" {found[1].lower()} " if found[1] else found[0].lower()


def _split(shared: str) -> tuple[str, str]:
    """The second party of one case and the first of the next; without an `and` the latter is not told."""
    place = max(shared.rfind(" and "), shared.rfind(" & "))
    return (shared, "") if place < 0 else (shared[:place], shared[place:].split(" ", 2)[2])


def _in_one_sentence(run: str) -> str:
    opener = _SENTENCE_OPENER.search(run) if ". " in run else None
    return run[opener.end() :] if opener else run


def _before_role(text: str, end: int) -> int:
    if not text[max(0, end - _ROLE_TAIL) : end].rstrip(" \n.:)").lower().endswith(_ROLE_ENDS):
        return end  # nearly always, and much cheaper than the pattern
    role = _ROLE.search(text, max(0, end - _ROLE_WINDOW), end)
    return role.start() if role else end


@lru_cache(maxsize=8192)
def _party(written: str, is_first: bool) -> str:
    plain = _GLUED.sub("m/s ", written.lower()).replace(".", "").replace(_RETIRED, "").replace("(", "").replace(")", "")
    words = _without_honorifics(_OTHERS.sub("", plain).strip("\"' ").split())
    while words and is_first and words[0] in _OPENERS:
        words = words[1:]
    while words and words[-1] in _JOINERS:
        words = words[:-1]
    return " ".join(words)


def _without_honorifics(words: list[str]) -> list[str]:
    """Without titles before a name; the Kumari of Lalita Kumari is one."""
    kept: list[str] = []
    is_title = True
    for word in words:
        is_title = is_title and word in _HONORIFICS
        if not is_title:
            kept.append(word)
        is_title = is_title or word in ("and", "&", *_OPENERS)
    return kept
