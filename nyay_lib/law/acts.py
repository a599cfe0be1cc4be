"""Names of acts in text: after a section, before it, or defined as "the Act"."""

import re
from bisect import bisect_left
from functools import lru_cache
from typing import NamedTuple

from nyay_lib.law import tables
from nyay_lib.law.aliases import alternatives, index, squash
from nyay_lib.law.normalise import NormalText
from nyay_lib.law.patterns import lazily

_TABLE: dict[str, dict[str, list[str]]] = tables.load("acts")
_ALIASES = {key: act["aliases"] for key, act in _TABLE.items()}
_KEY_OF = index(_ALIASES)
_NAMELESS = frozenset(tables.load("names")["nameless_acts"])
_NOT_IN_NAME = frozenset(tables.load("names")["not_in_an_act"])
_VERBS = _NOT_IN_NAME & {"was", "is", "were", "are", "has", "have", "had", "shall", "be", "been", "did", "does", "not"}
_OPENERS = frozenset(tables.load("names")["openers"])
_AFTER_COMMA = lazily(r", (?i:the) ")
_LEAD_INS = _OPENERS | {"the", "now", "by", "with", "for", "on", "to", "from", "and"}

_BOUNDARY = r"(?![a-z0-9\u0900-\u097f])"
_ALL_ALIASES = [alias for aliases in _ALIASES.values() for alias in aliases]
_NOT_AMENDING = r"(?! ?\([^()]{0,40}amendment\) ?act)"
_BNS_AND_S = (r"bns[ ,]s", r"bns[ ,]s\.", r"bns[.,] s", r"bns[.,] s\.", r"b\.n\.s\. s", r"b\.n\.s\. s\.")
NOT_A_KEYWORD = rf"(?:(?!\.? ?\d)|{''.join(f'(?<!{end})' for end in _BNS_AND_S)})"  # "BNS s. 103" is no BNSS
ALIAS = rf"{alternatives(_ALL_ALIASES)}{_BOUNDARY}{NOT_A_KEYWORD}{_NOT_AMENDING}"
_INITIALS = [alias for alias in _ALL_ALIASES if re.match(r"[a-z] |cr\w? ", alias)]
INITIALS = alternatives(_INITIALS)
INITIALS_IN_TEXT = alternatives(_INITIALS, "[a-z0-9]")
FIRST_INITIALS = "".join(sorted({alias[0] for alias in _INITIALS}))
ARTICLE_ACTS = frozenset(key for key, act in _TABLE.items() if "articles" in act)
_ALIAS_IN_TEXT = lazily(rf"{alternatives(_ALL_ALIASES, '[a-z0-9]')}{_BOUNDARY}{NOT_A_KEYWORD}{_NOT_AMENDING}")
_ALIAS_AT_END = lazily(rf"{alternatives(_ALL_ALIASES, '[a-z0-9]')}$")

_SCHEDULE = r"(?:(?:of|in) (?:the |)(?:\w{1,7} )?schedule (?:to|of|appended to|annexed to) (?:the |)|)"
# Written (?:a|) and not (?:a)?, which says the same: the engine sees from one character that the first does not apply.
_LINK = (
    rf"(?>[\"']?(?: - |-|[ ,]{{0,2}}){_SCHEDULE}(?:(?:both|all) (?=of|under)|)(?:(?P<of>(?:punishable |)(?:of|under|in"
    r"|from|to|with) )|)(?:the |)(?:provisions of |)(?:the |)"
    r"(?P<said>(?:said|aforesaid|old|new|erstwhile|repealed|then|amended|unamended) ){0,2}[\"'(\[]?(?:the |))"
)
_TREATY_LINK = lazily(_LINK)
_LINKED = lazily(rf"{_LINK}(?:(?P<alias>{ALIAS})|)")
_DEFINED_WORD = lazily(r"(?P<word>act|code|sanhita|adhiniyam|ordinance)(?![a-z]|(?: of)? \d{4}| of [a-z])")
_MARK_BEFORE = lazily(r"[\[{>|:/=]|---?|(?<=\d)\.")
_NAME_WORD = r"(?:[A-Z][\w.&'/\-]{0,40}|of|and|the|for|in|on|to|by|from|with|against|or|&|\([A-Z][^()]{0,60}\)),?"
_KIND = r"(?P<kind>Act|ACT|Code|CODE|Ordinance|ORDINANCE|Sanhita|Adhiniyam|Regulations?|Rules|RULES)\b"
_NAME = lazily(rf"(?P<name>[A-Z][\w.&'/\-]{{0,40}},?(?: {_NAME_WORD}){{0,18}}?) {_KIND}")
_LOWER_WORD = r"[a-z](?:[a-z-]{1,20}|(?:\.[a-z]){1,3}\.?)"
_LOWER_NAME = lazily(
    rf"(?P<name>{_LOWER_WORD}(?: {_LOWER_WORD}| \([a-z][a-z ]{{2,60}}\)){{0,7}}?) (?P<kind>act|code)\b"
)
_TREATY = lazily(
    rf"(?P<name>[A-Z][\w.&'/\-]{{0,40}}(?: {_NAME_WORD}){{0,14}}? ?"
    r"\b(?:Convention|Covenant|Declaration|Charter|Treaty|Protocol|Agreement)"
    r"(?: (?:on|of|for|against)(?: [A-Z]\w+| (?:the|of|and)){1,8})?)"
)
_NAME_BACKWARD_WINDOW = 14
_NUMBER_OF = r"\(?(?:(?:central )?act )?(?:no\.? ?)?(?:\d{1,3}|[ivxlc]{1,8}) of"  # (Act XLV of 1860)
_YEAR_AT_END = lazily(rf",? ?(?:{_NUMBER_OF} |\(?(?:act )?)(?:1[89]|20)\d\d\)?$")
_NUMBER_AT_END = lazily(rf"{_NUMBER_OF}$")
_LEADING_LINK = lazily(r",? (?:(?<=, )(?:in|by|vide)|under)$| (?:की|के|का|में|के अंतर्गत|के अन्तर्गत|के तहत|के अधीन)$")
_LINK_WORDS = frozenset(["in", "under", "by", "vide", "की", "के", "का", "में", "अंतर्गत", "अन्तर्गत", "तहत", "अधीन"])
_LINK_ENDS = tuple(_LINK_WORDS)
_GENERIC = frozenset(("act", "code", "ordinance"))
_DEFINITION_END = lazily(
    r"(?:a(?<=['\" ].)(?:ct|dhiniyam)|c(?<=['\" ].)ode|s(?<=['\" ].)anhita"
    r"|o(?<=['\" ].)rdinance)(?:['\"]|(?= ?\)|,? (?:for|in) (?:short|brevity)))"
)
_DEFINING = ("hereinafter", "hereafter", "for short", "in short", "referred to as", "called")
_DEFINITION_REACH = 90
# Of abbreviations written letter by letter, which end in a word of one letter: the last two letters.
_LAST_LETTERS = {alias.replace(" ", "")[-2:] for alias in _ALL_ALIASES if alias[-2:-1] == " "}
_LAST_WORDS = frozenset(
    {"ordinance", *(alias.split()[-1] for alias in _ALL_ALIASES), *(alias.replace(" ", "") for alias in _INITIALS)}
    | _LAST_LETTERS
)
_SEPARATORS = " ,:;-()'\""
_END_WINDOW, _TAIL_WINDOW, _LEAD_WINDOW, _DEFINITION_WINDOW = 30, 40, 110, 260


class NamedAct(NamedTuple):
    """An act as `key` (`IPC`, `OTHER PUBLIC GAMBLING`), and where its name begins and ends."""

    key: str
    start: int
    end: int
    linked: bool = False  # "of the IPC", rather than "IPC" alone


class Definitions:
    """What "the Act" and "the Code" stand for, by position: the act named last where the text defines the word."""

    def __init__(self, text: NormalText) -> None:
        """Read every definition of `text`."""
        self._places: dict[str, tuple[list[int], list[str]]] = {}
        last: str | None = None
        read_to = 0
        for end in _DEFINITION_END.finditer(text.lower):
            if not _defines(text.lower, end.start()):
                continue
            start = max(0, end.start() - _DEFINITION_WINDOW)
            last = _named_last(text, max(start, read_to), end.start()) or (last if read_to >= start else None)
            read_to = end.start()
            if last:
                places, keys = self._places.setdefault(end[0].strip("'\""), ([], []))
                places.append(end.start())
                keys.append(last)

    def meaning(self, word: str, position: int) -> str | None:
        """The act that `word` stands for at `position`, or None where nothing before defines it."""
        places, keys = self._places.get(word, ([], []))
        nearest = bisect_left(places, position)
        return keys[nearest - 1] if nearest else None


def act_after(text: NormalText, position: int, definitions: Definitions, any_name: bool = True) -> NamedAct | None:
    """The act named right after `position`, as in `302 IPC`, `34 of the Arms Act`, `5 of the said Act`.

    `any_name` allows acts outside the table.
    """
    if not text.lower[position : position + 4].lstrip(" ,-\"'([")[:1].isalpha():
        return None  # nearly always, and much cheaper than the patterns below
    link = _LINKED.match(text.lower, position)
    if not link:
        return None
    linked = bool(link["of"])
    if link["alias"]:
        return act_of_alias(link, linked)
    defined = _DEFINED_WORD.match(text.lower, link.end())
    if defined:
        key = definitions.meaning(defined["word"], position) if linked or link["said"] else None
        return NamedAct(key, link.end(), defined.end(), linked) if key else None
    is_apart = text.lower[position : position + 1] != "-"  # 302-IPC, but "Section 5-in part"
    return _other_after(text, link.end(), linked) if any_name and is_apart else None


def act_of_alias(match: re.Match[str], linked: bool = False) -> NamedAct:
    """The act of the table that the group `alias` of `match` names."""
    start, end = match.span("alias")
    return NamedAct(_KEY_OF[squash(match["alias"])], start, end, linked)


def treaty_after(text: NormalText, position: int) -> NamedAct | None:
    """The convention or covenant named right after an article, which then is not the Constitution's."""
    link = _TREATY_LINK.match(text.lower, position)
    name = _TREATY.match(text.cased, link.end()) if link and link["of"] else None
    return NamedAct(f"OTHER {_plain(name['name'])}", name.start(), name.end(), True) if name else None


def act_before(text: NormalText, position: int) -> NamedAct | None:
    """The act named right before `position`, as in `IPC Section 420` or `Penal Code, 1860 - Ss. 302`."""
    if not _may_end_an_act(_bare(text.lower[max(0, position - _TAIL_WINDOW) : position])):
        return None
    start = max(0, position - _LEAD_WINDOW)
    dated = _without_tail(text.lower[start:position])
    if not dated:
        return None
    before = _cut(_YEAR_AT_END, dated).rstrip(_SEPARATORS) if dated[-1:].isdigit() or dated[-1:] == ")" else dated
    for named in dict.fromkeys((dated, before)):  # in Hindi the Evidence Acts of 1872 and 2023 are one name
        alias = _ALIAS_AT_END.search(named, max(0, len(named) - _reach(named)))
        if alias and not _continues(text.cased, start + alias.start()):
            return NamedAct(_KEY_OF[squash(alias[0])], start + alias.start(), start + len(before))
    return _other_before(text, start, start + len(before))


def act_leading(text: NormalText, match: re.Match[str]) -> NamedAct | None:
    """The act of `INITIALS_IN_TEXT` as the group `lead`; None where it is the end of a longer name."""
    start, end = match.span("lead")
    return None if _continues(text.cased, start) else NamedAct(_KEY_OF[squash(match["lead"])], start, end)


def _longest_by_ending() -> dict[str, int]:
    """For the last words of aliases, run together in every way, how long an alias with that ending is ever written."""
    longest: dict[str, int] = {}
    for alias in _ALL_ALIASES:
        words = alias.split(" ")
        written = len(alias) + len(words)  # each gap may take two characters, and a dot may follow
        for place in range(len(words)):
            ending = "".join(words[place:])
            longest[ending] = max(longest.get(ending, 0), written)
    return longest


_LONGEST = _longest_by_ending()


def _reach(named: str) -> int:
    """How far before the end of `named` an alias at its end may begin."""
    return _LONGEST.get(_last_word(named).replace(".", ""), _LEAD_WINDOW)


def _bare(before: str) -> str:
    return before.rstrip(_SEPARATORS).removesuffix("'s")


def _may_end_an_act(tail: str) -> bool:
    """A quick look at the last words, which nearly always says no."""
    word = _last_word(tail)
    while word in _LINK_WORDS:  # "the Evidence Act, in Section 27", भारतीय दंड संहिता की धारा
        tail = tail[: -len(word)].rstrip(_SEPARATORS)
        word = _last_word(tail)
    if len(word) > 3 and word[-4:].isdigit():  # the year of the act
        tail = _cut(_NUMBER_AT_END, tail[:-4].rstrip(_SEPARATORS)).rstrip(_SEPARATORS)
        word = _last_word(tail)
    if word in _GENERIC and _last_word(tail[: -len(word) - 1]) in _NAMELESS:
        return False  # "the Act", which is not named here
    plain = word.replace(".", "")
    if len(plain) == 1:  # the V of "M. V. Act" has another letter before it than the "v." between two parties
        plain = tail[: -len(word)].rstrip(" .,-")[-1:] + plain
    return plain in _LAST_WORDS


def _last_word(text: str) -> str:
    """The last word, without the brackets and marks of lists and tables before it: `["IPC`, `<b>IPC`, `Acts:IPC`."""
    word = text[text.rfind(" ") + 1 :]
    return _MARK_BEFORE.split(word)[-1].lstrip("(\"'-") if not word.isalpha() else word


def _cut(pattern: re.Pattern[str], text: str) -> str:
    """The text without what `pattern` finds at its end; looked for in the last characters only."""
    found = pattern.search(text, max(0, len(text) - _END_WINDOW))
    return text[: found.start()] if found else text


def _without_tail(before: str) -> str | None:
    """The text to the act's year or last letter; None where a sentence ends between the act and the section."""
    before = _bare(before)
    if before.endswith(_LINK_ENDS):
        before = _cut(_LEADING_LINK, before)
    before = before.rstrip(_SEPARATORS)
    last = _last_word(before)
    is_abbreviation = last.count(".") > 1 or len(last) == 2
    return None if last.endswith(".") and not is_abbreviation else before


def _continues(cased: str, position: int) -> bool:
    """Whether the alias at `position` is the end of a longer name: the Ranbir Penal Code."""
    if position < 2 or not cased[position - 2].isalpha():
        return False  # nearly always, and cheaper
    word = cased[max(0, position - 30) : position].rstrip().rpartition(" ")[2]
    return word[:1].isupper() and word.isalpha() and word.lower() not in _OPENERS and word.lower() not in _NAMELESS


def _other_after(text: NormalText, position: int, linked: bool) -> NamedAct | None:
    name = _NAME.match(text.cased, position)
    if name and name["name"].isupper() and not _VERBS.isdisjoint(name["name"].lower().split()):
        return None  # in capitals a name is not told from the words about it
    if not name and linked:
        name = _LOWER_NAME.match(text.lower, position)
        words = name["name"].split() if name else []
        if not _NOT_IN_NAME.isdisjoint(words) or words[-1:] in (["of"], ["the"], ["to"], ["in"], ["for"], ["and"]):
            name = None
    key = _other_key(name["name"], name["kind"]) if name else None
    return NamedAct(key, name.start(), name.end(), linked) if name and key else None


def _other_before(text: NormalText, start: int, end: int) -> NamedAct | None:
    *words, kind = text.cased[start:end].split(" ")[-_NAME_BACKWARD_WINDOW:]
    if kind.lower() not in ("act", "code", "ordinance") or not kind[:1].isupper():
        return None
    name: list[str] = []
    while words and re.fullmatch(_NAME_WORD, words[-1]):
        name.insert(0, words.pop())
    while name and (not name[0][0].isupper() or name[0].lower() in _OPENERS or name[0].lower() in _NAMELESS):
        name.pop(0)
    key = _other_key(" ".join(name), kind)
    return NamedAct(key, end - len(" ".join([*name, kind])), end) if key else None


def _other_key(name: str, kind: str) -> str | None:
    words = name.lower().split()
    if not words or all(word in _NAMELESS for word in words):
        return None
    plain = _plain(name)
    return f"OTHER {plain}" if kind.lower() == "act" else f"OTHER {plain} {kind.upper()}"


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    return name.upper().replace(".", "").removeprefix("THE ").strip(" ,'\"")


def _defines(lower: str, position: int) -> bool:
    """Whether the word at `position` is being defined: `(the Act)`, `("Act")`, `hereinafter called the Act`."""
    before = lower[max(0, position - _DEFINITION_REACH) : position].removesuffix("said ").removesuffix("the ")
    edge = max(before.rfind("("), before.rfind(")"))
    is_opened = edge >= 0 and before[edge] == "("
    if is_opened and (edge == len(before) - 1 or before[-1] in "'\""):
        return True
    return before[-1:] in ("'", '"', " ") and any(word in before[edge + 1 :] for word in _DEFINING)


def _named_last(text: NormalText, start: int, position: int) -> str | None:
    key, end = None, -1
    for match in _ALIAS_IN_TEXT.finditer(text.lower, start, position):
        key, end = _KEY_OF[squash(match[0])], match.end()
    for match in _NAME.finditer(text.cased, start, position):
        if match.end() > end:
            key, end = _other_key(_without_lead_in(match["name"]), match["kind"]), match.end()
    return key


def _without_lead_in(name: str) -> str:
    """The name alone: of `In India, the Essential Commodities` what stands after the comma."""
    words = _AFTER_COMMA.split(name)[-1].split(" ")
    while len(words) > 1 and words[0].lower() in _LEAD_INS:
        words = words[1:]
    return " ".join(words)
