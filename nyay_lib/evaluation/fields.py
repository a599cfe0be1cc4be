"""The facts that information extraction must get right: outcome, statutes, case number, date, parties, court.

An answer may be `Label: value` lines, JSON or prose. Where a line is labelled with a field, the field is looked for in
that line; else in the whole answer.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from nyay_lib.data.records import Record
from nyay_lib.evaluation.gold import GoldOutcome, f1, gold_references, keys, of_kind
from nyay_lib.law import Reference, classify_outcome, extract_references
from nyay_lib.law.courts import name_courts
from nyay_lib.law.normalise import normalise

SIDES = ("petitioner", "respondent")

_LINE = re.compile(r"^[^\w\n]{0,20}(?P<label>[^\W\d][^:\n]{1,40}?)[\"'*_ ]{0,8}:(?P<value>[^\n]*)$", re.MULTILINE)
_LABELS = {
    "case_number": r"case (?:no|number).*|case|matter|number|प्रकरण.*|वाद संख्या|मामला.*",
    "date": r"(?:judgment |decision |order )?date(?: of (?:the )?(?:decision|judgment|order|pronouncement))?"
    r"|(?:decided|pronounced)(?: on)?|(?:निर्णय |आदेश )?(?:दिनांक|तिथि|तारीख)",
    "court": r"court|name of (?:the )?court|tribunal|commission|forum|न्यायालय",
    "petitioner": r"(?:petitioner|appellant|applicant|claimant|complainant|plaintiff|revisionist)(?:s|\(s\))?"
    r"|याचिकाकर्ता.*|अपीलार्थी.*|अपीलकर्ता.*|आवेदक.*|प्रार्थी.*|वादी.*",
    "respondent": r"(?:respondent|defendant|opponent|non-applicant|opposite part)(?:s|y|ies|\(s\))?"
    r"|प्रत्यर्थी.*|अनावेदक.*|अप्रार्थी.*|प्रतिवादी.*|उत्तरदाता.*",
}
_LABELLED = {name: re.compile(pattern) for name, pattern in _LABELS.items()}
_OTHERS = re.compile(
    r"(?: and| &|,| तथा| एवं| और){1,3} (?:(?:an)?other(?:s)?|ors|anr|(?:two|three|four|five|\d+) others|अन्य)(?![a-z]).*$"
)
_NOT_A_WORD = re.compile(r"[^a-z0-9\u0900-\u097f]+")
_PLAIN_WORDS = frozenset(
    ("the", "of", "at", "in", "for", "court", "ms", "mr", "mrs", "shri", "smt", "dr", "m", "s", "and", "no", "number")
)


@dataclass(frozen=True, slots=True)
class GoldFields:
    """What is known of each field; empty where nobody tells it. A case number is in words where no kind is read."""

    statutes: frozenset[Reference] = frozenset()
    case_numbers: frozenset[Reference] = frozenset()
    case_number_words: tuple[str, ...] = ()
    dates: frozenset[Reference] = frozenset()
    parties: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    courts: frozenset[str] = frozenset()
    court_words: tuple[str, ...] = ()


def gold_fields(record: Record) -> GoldFields:
    """The row's fields: of the metadata if they tell them, else of the reference answer where the judgment agrees."""
    reference = lines_of(record.output)
    supported = gold_references(record)
    told = {name: _told(record, reference, supported, name) for name in ("case_number", "date", "court")}
    case_numbers = keys(of_kind(extract_references(told["case_number"]), ["case_number"]))
    if not told["case_number"]:
        case_numbers = _first_case_number(record.output, supported)
    return GoldFields(
        statutes=of_kind(supported, ["statute"]),
        case_numbers=case_numbers,
        case_number_words=() if case_numbers else words_of(told["case_number"]),
        dates=frozenset(of_kind(extract_references(told["date"]), ["date"])),
        parties=_gold_parties(record, reference),
        courts=frozenset(name_courts(told["court"])[:1]),
        court_words=words_of(told["court"]),
    )


def match_fields(gold: GoldFields, outcome: GoldOutcome, answer: str) -> dict[str, float]:
    """Match of each known field, 0 to 1; a field nobody knows is left out. A field the answer omits is 0."""
    lines = lines_of(answer)
    matches: dict[str, float] = {}
    if outcome.is_known:
        matches["outcome"] = float(outcome.agrees(classify_outcome(answer)))
    if gold.statutes:
        matches["statutes"] = f1(gold.statutes, keys(of_kind(extract_references(answer), ["statute"])))
    if gold.case_numbers or gold.case_number_words:
        matches["case_number"] = float(_tells_case_number(gold, lines.get("case_number", answer)))
    if gold.dates:
        matches["date"] = float(bool(gold.dates & set(extract_references(lines.get("date", answer)))))
    if gold.parties:
        sides = [float(_tells(party, lines.get(side, answer))) for side, party in gold.parties.items()]
        matches["parties"] = sum(sides) / len(sides)
    if gold.courts or gold.court_words:
        matches["court"] = float(_tells_court(gold, lines.get("court", answer)))
    return matches


def lines_of(answer: str) -> dict[str, str]:
    """The values of the lines that are labelled with a field, several lines of one field joined."""
    found: dict[str, list[str]] = {}
    for line in _LINE.finditer(answer):
        label = " ".join(line["label"].replace("_", " ").lower().split())
        name = next((name for name, pattern in _LABELLED.items() if pattern.fullmatch(label)), None)
        if name and line["value"].strip(" \"',"):
            found.setdefault(name, []).append(line["value"])
    return {name: "\n".join(values) for name, values in found.items()}


def words_of(name: str) -> tuple[str, ...]:
    """The words that tell one name from another: lower case, without `and others`, articles and titles."""
    plain = _OTHERS.sub("", normalise(name).lower.replace(".", ""))
    return tuple(word for word in _NOT_A_WORD.sub(" ", plain).split() if word not in _PLAIN_WORDS)


def _told(record: Record, reference: Mapping[str, str], supported: frozenset[Reference], name: str) -> str:
    """The metadata's value; else the reference answer's, if the judgment supports it."""
    value = record.metadata.get(name)
    if isinstance(value, str) and value.strip():
        return value
    if name == "court":
        told = reference.get(name, record.output)
        return told if set(name_courts(told)[:1]) & set(name_courts(record.input)) else ""
    told = reference.get(name, "")
    return told if keys(extract_references(told)) & supported else ""


def _first_case_number(reference: str, supported: frozenset[Reference]) -> frozenset[Reference]:
    """The number of the case in a reference answer of prose: the first that is no FIR, if the judgment supports it."""
    found = (one for one in extract_references(reference) if one.kind == "case_number")
    first = next((one for one in found if not one.canonical.startswith("FIR|")), None)
    return keys([first]) & supported if first else frozenset()


def _gold_parties(record: Record, reference: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    given: Any = record.metadata.get("parties")
    named = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    parties: dict[str, tuple[str, ...]] = {}
    for side in SIDES:
        value = named.get(side)
        if isinstance(value, str) and words_of(value):
            parties[side] = words_of(value)
        elif not named and _tells(words_of(reference.get(side, "")), record.input):
            parties[side] = words_of(reference[side])
    return parties


def _tells(wanted: tuple[str, ...], text: str) -> bool:
    return bool(wanted) and set(wanted) <= set(_all_words(text))


def _all_words(text: str) -> list[str]:
    return _NOT_A_WORD.sub(" ", normalise(text).lower.replace(".", "")).split()


def _tells_case_number(gold: GoldFields, text: str) -> bool:
    if gold.case_numbers:
        return bool(gold.case_numbers & set(extract_references(text)))
    return _tells(gold.case_number_words, text)


def _tells_court(gold: GoldFields, text: str) -> bool:
    return bool(gold.courts & set(name_courts(text))) if gold.courts else _tells(gold.court_words, text)
