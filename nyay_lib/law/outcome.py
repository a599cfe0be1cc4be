"""How a matter ended, and for whom."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from nyay_lib.law import tables
from nyay_lib.law.normalise import uniform
from nyay_lib.law.outcome_reading import OPERATIVE, Finding, findings
from nyay_lib.law.outcome_words import CAME_UP

_TABLE: dict[str, Any] = tables.load("outcomes")
_PRECEDENCE: dict[str, int] = _TABLE["precedence"]
_POLARITY: dict[str, str] = _TABLE["polarity"]
_HEADINGS: dict[str, list[str]] = _TABLE["headings"]
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a matter ended.

    `label` is one of allowed, partly_allowed, dismissed, disposed, remanded, quashed, acquitted, convicted, withdrawn,
    unknown; `polarity` is for, against, mixed, neutral or unknown, seen from whoever moved the court; `reason` is the
    phrase that was read, or why nothing could be said.
    """

    label: str
    polarity: str
    reason: str


_MARKUP = re.compile(r"\*\*|__|^[ \t]*#{1,6}[ \t]*", re.MULTILINE)
_LIST_ITEM = re.compile(r"\n[ \t]*(?=(?:[-*•]|\(?(?:\d{1,2}|[ivx]{1,4}|[a-z])[.)])[ \t])|\n[ \t]*\n\s*")
_HEADING_LINE = re.compile(
    r"^[ \t>]{0,4}(?:#{1,6}[^\n]{1,80}|\*\*[^*\n]{1,60}\*\*[^\n]*|(?:\d{1,2}[.)] )?[A-Z][A-Za-z' /&()-]{2,40}:"
    r"(?:[ \t][^\n]*)?|[\u0900-\u097f ]{3,30}:[^\n]*)$",
    re.MULTILINE,
)
_STATE_MOVED = re.compile(
    r"\b(?:state|prosecution|complainant|victim)(?:'?s)? (?:criminal |government )?appeals?\b"
    r"|\bappeals? of the state\b|\b(?:appeals?"
    r"|petition|revision) (?:is |was |has been )?(?:filed |preferred |presented |moved )?by the "
    r"(?:state|union|cbi|prosecution|complainant|victim|informant)|\bappellant[ -]{1,3}state\b|\bgovernment appeal\b"
    r"|\bstate (?:of [a-z]+(?: [a-z]+)? )?(?:has |had )?(?:filed|preferred"
    r"|appealed|moved)\b|\bstate (?:of [a-z]+(?: [a-z]+)? )?(?:is|comes) (?:up )?in appeal\b"
    r"|\bstate of [a-z.]+(?: [a-z.]+)? ?[ .…-]{1,12} ?appellant\b"
    r"|राज्य (?:सरकार |शासन )?(?:की|द्वारा|ने)[^।]{0,40}अपील|दोषमुक्ति के (?:निर्णय के |आदेश के )?विरुद्ध|"
    r"\bagainst (?:the |an |his |her |their )?(?:"
    r"(?:order|judgment)(?: and order)? of )?acquittal"
)
_SENTENCE_START = re.compile(
    r"(?<!\b[Nn]o)(?<!\bNos)(?<!\b[A-Z])(?<!\b[Vv])(?<!\b[Vv]s)(?<!\bCr[il])[.?!][)\"']? +"
    r"(?=[\"'(]?[A-Z\u0900-\u097f])|\n\s*|।\s*"
)
_NAMES = "|".join(f"(?P<{strength}>{'|'.join(map(re.escape, names))})" for strength, names in _HEADINGS.items())
_HEADING = re.compile(
    rf"^(?:[ \t>#*_\-]{{1,8}})?(?:\(?\d{{1,2}}[.)][ \t]{{0,3}})?[*_]{{0,2}}(?:the |final |court's |case )?(?:{_NAMES})"
    r"(?: of (?:the )?[a-z]{1,12})?[*_]{0,2}[ \t]*(?:[:\-*_]{1,4}|$)",
    re.MULTILINE | re.IGNORECASE,
)
_BLANK_LINES = re.compile(r"\n[ \t\r\f\v]*\n\s*")
_LAST_QUARTER = 0.75
_SHORTEST_END = 500  # characters; a quarter of a short answer may be half a sentence
_LONGEST_SENTENCE = 2000
_MOST_HEADINGS = 40
_LATE_HEADING = 0.5


def classify_outcome(text: str) -> Outcome:
    """The outcome that `text`, a judgment or an account of one, tells.

    Reads the outcome heading if there is one, else the last quarter, else all. Source: the reference grammar,
    section 5. Takes linear time; never raises on any str.
    """
    plain = _BLANK_LINES.sub("\n\n", uniform(text).replace("\r\n", "\n").replace("\u00a0", " "))
    for place, passage in _passages(plain):
        flat = _flat(passage)
        told = list(findings(flat))
        if told:
            before = plain[: len(plain) - len(passage)] if place == "last quarter" else ""
            label, reason = _decide([*_other_matters(told, before), *_of_this_court(told, flat)])
            return Outcome(label, polarity(label, plain), f"{place}: {reason}")
    return Outcome(UNKNOWN, UNKNOWN, "no outcome is told")


def _of_this_court(told: list[Finding], passage: str) -> list[Finding]:
    """Without what the High Court did, where the appeal from it is decided after that."""
    last = max((place for place, finding in enumerate(told) if finding.court == "high"), default=-1)
    if last < 0 or not (any(finding.court == "upper" for finding in told[last + 1 :]) or CAME_UP.search(passage)):
        return told
    return [finding for finding in told if finding.court != "high"] or told


def _other_matters(told: list[Finding], before: str) -> list[Finding]:
    """Where the last quarter decides a numbered matter, the others may have been decided just before it."""
    read = {None, *(finding.matter for finding in told)}
    if not before or len(read) == 1:
        return []
    found = findings(_flat(before))
    return [finding for finding in found if finding.plainness == OPERATIVE and finding.matter not in read]


def _passages(text: str) -> Iterator[tuple[str, str]]:
    for passage in _under_headings(text):
        yield "heading", passage
    cut = _sentence_start(text, min(int(len(text) * _LAST_QUARTER), len(text) - _SHORTEST_END))
    if cut:
        yield "last quarter", text[cut:]
    yield "whole text", text[:cut] or text  # the last quarter, if there is one, has been silent


def _under_headings(text: str) -> Iterator[str]:
    """What stands under headings that promise an outcome, the plainest headings first, each to the next heading."""
    found = list(_HEADING.finditer(text))
    ends = {heading.start(): following.start() for heading, following in pairwise(found)}
    for strength in _HEADINGS:
        first = len(text) * _LATE_HEADING if strength == "late" else 0
        chosen = [heading for heading in found if heading.lastgroup == strength and heading.start() >= first]
        for heading in chosen[:_MOST_HEADINGS]:
            yield _under(text, heading.end(), ends.get(heading.start(), len(text)))


def _under(text: str, start: int, end: int) -> str:
    line_end = text.find("\n", start, end)
    following = _HEADING_LINE.search(text, line_end + 1, end) if line_end >= 0 else None
    return text[start : following.start() if following else end]


def _sentence_start(text: str, position: int) -> int:
    """The start of the sentence or paragraph that `position` stands in, looked for within 2,000 characters."""
    if position <= 0:
        return 0
    reach = max(0, position - _LONGEST_SENTENCE)
    starts = [match.end() for match in _SENTENCE_START.finditer(text, reach, position)]
    return starts[-1] if starts else reach


def _flat(passage: str) -> str:
    parts = _LIST_ITEM.split(_MARKUP.sub("", passage).lower())
    return "\n".join(" ".join(part.split()) for part in parts if len(part) > 1)


def _decide(told: list[Finding]) -> tuple[str, str]:
    plainest = min(finding.plainness for finding in told)
    told = [finding for finding in told if finding.plainness == plainest]
    chosen = [_foremost(group) for group in _by_matter(told)]
    if len({finding.label for finding in chosen}) > 1:
        return UNKNOWN, "numbered matters are decided differently"
    return chosen[0].label, " ".join(chosen[0].phrase.split())


def _by_matter(told: list[Finding]) -> list[list[Finding]]:
    """Findings by numbered matter; what is said before the first number counts for each."""
    common = [finding for finding in told if not finding.matter]
    numbered: dict[str, list[Finding]] = {}
    for finding in told:
        if finding.matter:
            numbered.setdefault(finding.matter, [_foremost(common)] if common else []).append(finding)
    main = [group for matter, group in numbered.items() if not _is_spent_application(matter, group)]
    return main or list(numbered.values()) or [told]


def _is_spent_application(matter: str, group: list[Finding]) -> bool:
    return matter.startswith("application") and all(finding.label == "disposed" for finding in group)


def _foremost(group: list[Finding]) -> Finding:
    """By precedence; of equals what moved the court (the appeal, not the suit it is about), then the one told last."""
    return min(reversed(group), key=lambda finding: (_PRECEDENCE[finding.label], not finding.moved))


def polarity(label: str, text: str) -> str:
    """For whom an outcome is, seen from whoever moved the court; `text` may tell that the State moved."""
    if label == "convicted" and _STATE_MOVED.search(" ".join(text.lower().split())):
        return "for"
    return _POLARITY[label]
