"""Answers against their judgments: references that nothing supports, and another outcome than the court recorded."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from nyay_lib.data.checks import tables
from nyay_lib.data.checks.passages import merged, places
from nyay_lib.data.records import Record
from nyay_lib.evaluation.grounding import Ground, check_grounding
from nyay_lib.law import Outcome, Reference, classify_outcome, extract_references
from nyay_lib.law.normalise import uniform
from nyay_lib.law.outcome import polarity
from nyay_lib.law.outcome_reading import Finding, findings
from nyay_lib.law.statutes import parse_statute

_TABLE: dict[str, Any] = tables.load("references")
_IDENTITY = frozenset(_TABLE["identity"])
_PARTIES: list[list[str]] = _TABLE["parties"]
_FIGURES = re.compile(r"\d+")
_COMPATIBLE = {frozenset(pair) for pair in _TABLE["compatible"]}
_VAGUE = re.compile(_TABLE["vague"])
# Characters about a figure in which a reference stands whole, and its other figures; how many places are read.
_REACH, _BESIDE, _MOST_PLACES = 180, 60, (3, 40)
# A section by its number, alone or in a list, whatever act follows.
_SOFT = (
    r"(?<![a-z0-9])(?:sections?|secs?\.?|ss?\.|u/ss?\.?|धारा)[ .]{{0,2}}"
    r"(?:\d{{1,4}}[a-z]?(?:\(\w{{1,4}}\)){{0,4}}(?:, ?| and | & |/)){{0,6}}{number}(?![0-9a-z])"
)


def unsupported_reference(record: Record) -> str | None:
    """A hard reference of the answer that judgment, instruction and the court's own metadata do not support.

    Classes are those of `check_grounding`. Let through beside them: a sum that the judgment writes as a bare figure,
    and a section that it writes without its act, where it names the act elsewhere. What is wrong there is the
    extraction and not the answer.
    """
    named = extract_references(record.output)
    if not named:
        return None
    source = f"{record.input}\n\n{_identity_of(record)}"
    for most in _MOST_PLACES:  # nearly always enough; reading the whole judgment takes ten times as long
        ground = Ground(f"{_passages(source, named, most)}\n\n{record.instruction}")
        named = [found for found in named if not ground.support(found).startswith("supported")]
        if not named:
            return None
    held = _held(record.output, source, record.instruction)
    if held and "\n" in record.output:  # in a list of fields each line stands for itself
        held = _held(record.output.replace("\n", ";\n"), source, record.instruction) and held
    shown = ", ".join(f"{found.kind} {found.canonical}" for found in held[:3])
    return f"output names what the judgment does not: {shown}" if held else None


def _held(output: str, source: str, instruction: str) -> list[Reference]:
    unsupported = check_grounding(output, source, instruction).unsupported
    return [found for found in unsupported if not _stands_softly(found, source)]


def outcome_conflict(record: Record) -> str | None:
    """An answer that tells another outcome than `disposal_nature`, the court's own word; both must be known."""
    recorded = _disposal(record)
    if recorded is None:
        return None
    told = classify_outcome(record.output)
    if told.label == "unknown" or _agree(told.label, recorded.label, record):
        return None
    if any(_agree(finding.label, recorded.label, record) for finding in _outcomes_told(record.output)):
        return None  # it tells the recorded outcome too, beside that of a plea or of another court
    return f"output tells {told.label} ({told.reason[:60]}), metadata.disposal_nature {recorded.label}"


def _passages(source: str, named: Iterable[Reference], most: int) -> str:
    """The stretches of the judgment in which figures and names of the references stand; enough for nearly all."""
    found = {place for reference in named for place in islice(_places(source, reference), most)}
    return " \n\n".join(source[start:end] for start, end in merged(found, len(source), _REACH, _REACH))


def _places(source: str, reference: Reference) -> Iterator[int]:
    """Where a reference may stand, in the commonest way of writing it: its longest figure, with another beside it."""
    word, beside = _signs(reference)
    for place in places(source, word) if word else ():
        if beside in source[max(0, place - _BESIDE) : place + _BESIDE]:
            yield place


def _signs(found: Reference) -> tuple[str, str]:
    if found.kind == "case_name":
        return max(found.canonical.split(" v ")[0].split(), key=len, default="").capitalize(), ""
    if found.kind == "money":
        return _indian(found.canonical.removeprefix("INR:")), ""
    if found.kind == "date":
        year, _, day = found.canonical.split("-")
        return year, day.lstrip("0")
    figures = sorted(_FIGURES.findall(found.canonical), key=len)
    if not figures:
        return "", ""
    return (figures[-1] if len(figures[-1]) > 1 else f" {figures[-1]}"), figures[0]


def _indian(rupees: str) -> str:
    """500000 as it is written in India: 5,00,000."""
    whole, last = rupees.partition(".")[0][:-3], rupees.partition(".")[0][-3:]
    pairs = [whole[max(0, end - 2) : end] for end in range(len(whole), 0, -2)]
    return ",".join([*reversed(pairs), last])


def _identity_of(record: Record) -> str:
    """What the court's own register says of the case: its numbers, dates and parties."""
    told = [str(value) for key, value in record.metadata.items() if key in _IDENTITY and isinstance(value, str | int)]
    for first, second in _PARTIES:
        if (one := record.metadata.get(first)) and (other := record.metadata.get(second)):
            told.append(f"{one} versus {other}")
    return "\n".join(told)


def _stands_softly(found: Reference, source: str) -> bool:
    lower = source.lower()
    if found.kind == "money":
        rupees = found.canonical.removeprefix("INR:")
        return len(rupees) > 3 and bool(re.search(rf"(?<![\d.]){_grouped(rupees)}(?![\d])", lower))
    statute = parse_statute(found.canonical) if found.kind == "statute" else None
    if statute is None or statute.unit != "section" or statute.act not in {*_acts_named(source)}:
        return False
    number = f"{statute.number}-?{statute.letter.lower()}" if statute.letter else str(statute.number)
    return any(_is_bare(lower, match.end()) for match in re.finditer(_SOFT.format(number=number), lower))


def _grouped(rupees: str) -> str:
    """A pattern for a sum with or without commas between any digits."""
    return ",?".join(rupees.partition(".")[0])


def _acts_named(source: str) -> set[str]:
    statutes = (parse_statute(found.canonical) for found in extract_references(source) if found.kind == "statute")
    return {statute.act for statute in statutes if statute}


def _is_bare(lower: str, end: int) -> bool:
    """Whether no act follows the section: then it belongs to the act the judgment is about."""
    after = lower[end : end + 40]
    return not re.match(
        r"(?:\(\w+\))*,? ?(?:of|under|i\.?p\.?c|cr\.?p|b\.?n\.?s|c\.?p\.?c|ipc|(?:r/w|read with|and|,)? ?\d)", after
    )


def _disposal(record: Record) -> Outcome | None:
    written = record.metadata.get("disposal_nature")
    if not isinstance(written, str) or _VAGUE.fullmatch(" ".join(written.lower().split())):
        return None
    found = classify_outcome(written)
    return None if found.label == "unknown" else found


def _outcomes_told(text: str) -> Iterator[Finding]:
    """Every outcome that stands in a text, in whichever sentence."""
    return findings("\n".join(" ".join(part.split()) for part in uniform(text).lower().split("\n")))


def _agree(told: str, recorded: str, record: Record) -> bool:
    labels = {told, recorded}
    if len(labels) == 1 or frozenset(labels) in _COMPATIBLE:
        return True
    if "convicted" in labels or labels == {"acquitted", "dismissed"}:
        return _agree_on_guilt(labels, record)
    return False


def _agree_on_guilt(labels: set[str], record: Record) -> bool:
    """Who moved decides: the State's appeal convicts when it is allowed, and leaves the acquittal when dismissed."""
    state_moved = polarity("convicted", record.input) == "for"
    granted = {"convicted" if state_moved else "acquitted", "allowed"}
    refused = {"acquitted" if state_moved else "convicted", "dismissed"}
    return labels in (granted, refused)
