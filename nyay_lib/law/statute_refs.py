"""Sections, Articles, Orders and Rules in text, with the act they belong to."""

import re
from collections.abc import Iterator
from functools import cache

from nyay_lib.law import tables
from nyay_lib.law.acts import (
    ALIAS,
    ARTICLE_ACTS,
    FIRST_INITIALS,
    INITIALS_IN_TEXT,
    NOT_A_KEYWORD,
    Definitions,
    NamedAct,
    act_after,
    act_before,
    act_leading,
    act_of_alias,
    treaty_after,
)
from nyay_lib.law.normalise import MASK, NormalText
from nyay_lib.law.patterns import lazily
from nyay_lib.law.reference import Mention, apart
from nyay_lib.law.sections import ARTICLE_LIST, RULE_LIST, SECTION_LIST, numbers

_KEYWORD_END = r"(?:\(s\)|)[ .:\-]{0,3}(?:nos?\.? ?|)(?=\d)"
_SECTION = (
    r"(?:s(?<![a-z0-9].)(?<![a-z0-9]'.)(?:ections?|ecs?|s)?|u(?<![a-z0-9].)(?<![a-z0-9]'.)/ ?s(?:ecs?"
    rf"|s)?|§{{1,2}}|धारा(?:ओं|एं|एँ)?){_KEYWORD_END}"
)
_ARTICLE = rf"(?:a(?<![a-z0-9].)(?<![a-z0-9]'.)rt(?:icle)?s?|अनुच्छेद(?:ों)?){_KEYWORD_END}"
# Without a keyword only a short list right before an act of the table counts: 302/34 IPC.
_BARE_ITEM = r"\d{1,3}(?: ?-? ?[a-hj-z]{1,2}(?![a-z0-9.]))?(?: ?\([0-9a-z]{1,4}\)){0,4}"
# A list is read once, from its first number.
_NOT_IN_LIST = r"(?<!\d,.)(?>(?<!, .)|(?<!\D\d, .)(?<!\D\d\d, .)(?<!\D\d\d\d, .))"
_BARE = (
    rf"[0-9](?<![\w/.\-].)(?<![^a-z]:.)(?=\d{{0,2}}[ ,/&(\-a-z\u0900-\u097f]){_NOT_IN_LIST}(?>\d{{0,2}})(?!\d)"
    r"(?: ?-? ?[a-hj-z]{1,2}(?![a-z0-9.])|)(?:(?: ?\([0-9a-z]{1,4}\)){1,4}|)"
    rf"(?:(?=[ ,]?[,/&ar])(?: ?[,/&] ?| and | r/w |, and )(?>{_BARE_ITEM})){{0,20}}+"
    rf"(?=[ ,]{{0,3}}+(?:(?:of|under) |)(?:the |)(?=[a-z\u0900-\u097f])(?P<alias>{ALIAS}))"
)
_LEAD_END = rf"(?![a-z0-9]){NOT_A_KEYWORD}[ \-]{{1,2}}"
_LEAD = rf"(?P<lead>{INITIALS_IN_TEXT}){_LEAD_END}(?=\d{{1,3}}(?:(?!\d|[./]\d)|/\d{{2,3}}(?![\d/])))"
_LEAD_NEXT = lazily(rf"[ ,;\-]{{1,4}}{_LEAD}")
# The look ahead is for speed alone: it spares most characters the alternatives after it.
_START = lazily(
    rf"(?=[0-9su§धaअ{FIRST_INITIALS}])(?:(?P<bare>{_BARE})|(?P<section>{_SECTION})|(?P<article>{_ARTICLE})|{_LEAD})"
)
_NOT_BARE = lazily(
    r"(?<![a-z0-9])(?:(?!now|new|law)[a-z]{0,2}w|ex|exhibits?|exhs?|exts?|paras?|paragraphs?|pages?|pp?"
    r"|clauses?|rules?|rr?|orders?|chapters?|schedules?|nos?|forms?|"
    r"items?|entry|entries|volumes?|vol|parts?|columns?|serial|sl|rooms?"
    r"|courts?|points?|annexures?|appendix|dated?|year|"
    r"challan|regulations?|section|articles?|के|धारा)[. :(\-]{0,3}$"
)
_NOT_BARE_ENDS = frozenset("wxthsaeprodmynlेा")  # what those words end in, which most words before a number do not
_BETWEEN_WORD_AND_NUMBER = ". :(-"
_FOLLOWING = lazily(
    r"(?=[ ,]{0,3}[12(&,/arतऔएस])(?>(?:,? ?\(?(?:1[89]|20)\d\d\)?)?(?: ?\([^()]{0,60}\))?)[ ,]{0,2}"
    rf"(?:(?P<read>(?:r ?/ ?w\.?|r\.?w\.?|read with|(?:सह ?|स)पठित) ?(?:under )?(?:{_SECTION})?)"
    r"|(?:and|&|,|/|तथा|और|एवं) ?(?:under )?)(?=\d)"
)
# "Section 151 read with Order XXXIX Rule 1 of the CPC": the act covers both; the Order and its Rule are masked by now.
_OVER_RULES = lazily(
    rf" ?(?:r ?/ ?w\.?|read (?:along )?with|along ?with|and|&|,|सपठित|एवं|और)(?: ?(?:under|the provisions of))? ?{MASK}+"
    rf"(?:(?: and |, | & | r/w ){MASK}+){{0,4}}+"
)
# An act that leads what follows it does not trail: of "IPC 302, CrPC 161" the 302 is not of the CrPC.
_AHEAD = lazily(rf"(?:,? ?\(?(?:1[89]|20)\d\d\)?)?[ ,:;\-(]{{0,4}}(?:{_SECTION})| \d{{1,3}}(?!\d)")
_KEYWORD_INSIDE = lazily(rf"(?:(?:r ?/ ?w|read with|and|or|,|&|/|under) ?)*(?:{_SECTION})")
_PRIVATE = lazily(rf" of (?:the |this |that |an? |said )*(?:{'|'.join(tables.load('names')['private_instruments'])})\b")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50}
_ORDER_NUMBER = r"(?P<order>[ivxl]{1,7}|\d{1,2})(?: ?- ?|)(?P<letter>[a-d])?(?![a-z0-9])"
_ORDER_RULE = lazily(
    rf"(?:o(?<![a-z0-9].)(?<![a-z0-9]'.)(?:rders?|r)?|आदेश)[ .\-]{{0,2}}{_ORDER_NUMBER}[ ,./\-]{{0,3}}"
    rf"(?:and |under )?(?:r(?:ules?|r)?|नियम)[ .:\-]{{0,3}}(?=\d)"
)
_OF_ORDER = lazily(rf"o(?<=(?:of|er) .)(?:rder|\.)[ .\-]{{0,2}}{_ORDER_NUMBER}")
_RULE_BEFORE = lazily(r"(?<![a-z0-9])(?P<key>r(?:ules?|r)?[ .:\-]{0,3})(?P<list>\d[^.;:]{0,40}?) (?:of|under) $")
_RULE_WINDOW = 60
_LINKS = (" ", ", ", " of ", " of the ")
_PARAGRAPH = lazily(r"\d{1,3}\. [a-z\u0900-\u097f]")
_NO_LINK = 2  # so few characters between a list and its act can be a comma and a blank, but not "of" or "the"
_BEFORE_BARE, _BEFORE_NUMBER, _WIDEST_GAP, _RULES_REACH, _RULES_NEAR, _SHORTEST_LIST = 16, 4, 8, 80, 32, len("1,s1")

# Where a list of numbers begins and ends, and the act it was found to belong to.
_Listed = tuple[int, int, NamedAct | None]


def find_statutes(text: NormalText) -> Iterator[Mention]:
    """Statutory references as `IPC:304B`, `CONST:226`, `CPC:O7R11(d)`, `LIMITATION:ART65`.

    A section without an act is soft and is not given. A bare Article is the Constitution's, a bare Order and Rule the
    CPC's. Source: the reference grammar, section 2.
    """
    definitions = Definitions(text)
    rules = apart(_rules(text, definitions))
    yield from rules
    text = text.without(rules)
    ends = {rule.end for rule in rules}
    consumed: int = 0
    position: int = 0
    while match := _START.search(text.lower, position):
        if match.lastgroup == "lead" and _is_followed_by_a_paragraph(text, match, ends):
            position = match.end()
            continue
        if match.lastgroup == "article":
            mentions, position = _articles(text, match, definitions)
            yield from mentions
            continue
        start, end, act = _sections(text, match, definitions, consumed)
        position = end
        while act:
            for number in numbers(text.cased[start:end]):
                yield Mention(start, end, "statute", f"{act.key}:{number}")
            consumed = position = max(end, act.end)
            start, end, act = _following(text, act, definitions)


def _is_followed_by_a_paragraph(text: NormalText, lead: re.Match[str], ends: set[int]) -> bool:
    """Whether the number after an act is that of the next paragraph: `Order VII Rule 11 CPC`, line feed, `2. Heard`."""
    head = lead.start()
    is_served = bool(ends) and any(head - len(link) in ends and text.lower.endswith(link, 0, head) for link in _LINKS)
    number = text.lower[lead.end() : lead.end() + 4]
    if ")" in number and number.lstrip("0123456789")[0] == ")" and not text.lower.endswith("(", 0, head):
        return True  # the `1)` of a list, but not `(IPC 302)`
    is_numbered = lead["lead"].endswith(".") and _PARAGRAPH.match(text.lower, lead.end())
    return is_served or bool(is_numbered) or "\n" in text.paragraphs[lead.end("lead") : lead.end()]


def _sections(text: NormalText, match: re.Match[str], definitions: Definitions, consumed: int) -> _Listed:
    is_bare = match.lastgroup == "bare"
    start = match.start() if is_bare else match.end()
    listed = SECTION_LIST.match(text.cased, start)
    if not listed:
        return start, match.end(), None
    end = listed.end()
    if is_bare and _is_numbering(text.lower, start):
        return start, end, None
    if is_bare and match.end() <= end <= match.start("alias") <= end + _NO_LINK:
        return start, end, act_of_alias(match)  # read by the pattern already
    if match.lastgroup == "lead" and _LEAD_NEXT.match(text.lower, end) and not _keyword_inside(text.lower, start, end):
        return start, end, act_leading(text, match)  # "IPC 302, CrPC 161"
    after = act_after(text, end, definitions, any_name=match.lastgroup == "section")
    after = after or _act_over_rules(text, end, definitions)
    if is_bare:
        return start, end, after
    again = _keyword_inside(text.lower, start, end)
    is_own = after and (after.linked or not _AHEAD.match(text.lower, after.end))
    if is_own and not again:
        return start, end, after
    before = _leading(text, match, consumed)
    if before and after and again:
        # "BNSS Section 482, Section 318 of the BNS": the act before has the numbers to the next keyword
        return start, again.start(), before
    return start, end, after if is_own or not before else before


def _is_numbering(lower: str, start: int) -> bool:
    """Whether the word before says that a bare number is no section: `page 302`, `w 12`."""
    last = lower[max(0, start - _BEFORE_NUMBER) : start].rstrip(_BETWEEN_WORD_AND_NUMBER)[-1:]
    return last in _NOT_BARE_ENDS and bool(_NOT_BARE.search(lower, max(0, start - _BEFORE_BARE), start))


def _act_over_rules(text: NormalText, position: int, definitions: Definitions) -> NamedAct | None:
    rules = _OVER_RULES.match(text.lower, position) if MASK in text.lower[position : position + _RULES_NEAR] else None
    act = act_after(text, rules.end(), definitions, any_name=False) if rules else None
    return act._replace(end=position) if act and act.key == "CPC" else None


def _keyword_inside(lower: str, start: int, end: int) -> re.Match[str] | None:
    if end - start < _SHORTEST_LIST:
        return None
    written = lower[start:end]
    has_keyword = "s" in written or "§" in written or "धारा" in written  # nearly never, and much cheaper to see
    return _KEYWORD_INSIDE.search(lower, start, end) if has_keyword else None


def _leading(text: NormalText, match: re.Match[str], consumed: int) -> NamedAct | None:
    """The act right before, unless it has already served the list before it."""
    if match.lastgroup == "lead":
        return act_leading(text, match)
    head = match.start()
    if consumed and not text.lower[consumed : min(head, consumed + _WIDEST_GAP)].strip(" ,:;-('\")."):
        return None
    before = act_before(text, head)
    return before if before and before.start >= consumed else None


def _following(text: NormalText, act: NamedAct, definitions: Definitions) -> _Listed:
    """A list that goes on after an act: `302 IPC and 7 of the E.C. Act`; after `read with` no new act need be named."""
    joined = _FOLLOWING.match(text.lower, act.end)
    listed = SECTION_LIST.match(text.cased, joined.end()) if joined else None
    if not joined or not listed:
        return act.end, act.end, None
    own = act_after(text, listed.end(), definitions)
    if own is None and joined["read"]:
        own = act._replace(end=listed.end())
    return listed.start(), listed.end(), own


def _articles(text: NormalText, match: re.Match[str], definitions: Definitions) -> tuple[list[Mention], int]:
    listed = ARTICLE_LIST.match(text.cased, match.end())
    if not listed:
        return [], match.end()
    if _PRIVATE.match(text.lower, listed.end()):
        return [], listed.end()
    act = treaty_after(text, listed.end()) or act_after(text, listed.end(), definitions)
    if act is None or (not act.linked and act.key not in ARTICLE_ACTS):
        act = act_before(text, match.start())
        act = act if act and act.key in ARTICLE_ACTS else None
    prefix = "CONST:" if act is None or act.key == "CONST" else f"{act.key}:ART"
    found = numbers(listed[0])
    end = max(listed.end(), act.end if act else 0)
    return [Mention(listed.start(), listed.end(), "statute", prefix + number) for number in found], end


def _rules(text: NormalText, definitions: Definitions) -> Iterator[Mention]:
    for match in _ORDER_RULE.finditer(text.lower):
        listed = RULE_LIST.match(text.cased, match.end())
        if listed:
            yield from _order_mentions(text, match, listed, match.start(), definitions)
    for order in _OF_ORDER.finditer(text.lower):
        head = max(0, order.start() - _RULE_WINDOW)
        rule = _RULE_BEFORE.search(text.lower, head, order.start())
        listed = RULE_LIST.fullmatch(text.cased, rule.end("key"), rule.end("list")) if rule else None
        if rule and listed:
            yield from _order_mentions(text, order, listed, rule.start(), definitions)


def _order_mentions(
    text: NormalText, order: re.Match[str], listed: re.Match[str], start: int, definitions: Definitions
) -> Iterator[Mention]:
    end = max(order.end(), listed.end())
    has_rules = "rules" in text.lower[end : end + _RULES_REACH]  # Order V Rule 1 of the Supreme Court Rules
    act = act_after(text, end, definitions) if has_rules else None
    key = act.key if act and act.key.endswith("RULES") else "CPC"
    for number in numbers(listed[0]):
        yield Mention(start, end, "statute", f"{key}:O{_order_number(order['order'], order['letter'] or '')}R{number}")


@cache
def _order_number(written: str, letter: str) -> str:
    if written.isdigit():
        return f"{int(written)}{letter.upper()}"
    values = [_ROMAN[character] for character in written]
    pairs = zip(values, [*values[1:], 0], strict=True)
    return f"{sum(-value if value < following else value for value, following in pairs)}{letter.upper()}"
