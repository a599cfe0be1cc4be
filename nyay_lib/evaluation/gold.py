"""What the right answer to a row is, from the best witness there is.

Of the outcome the court's own register is the best, then the operative part of the judgment, then the reference
answer. References count as gold only where the judgment or the question supports them, for a machine has written the
reference answer. Source: the reference grammar, section 5.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from nyay_lib.data.records import Record
from nyay_lib.evaluation.grounding import UNSUPPORTED, Grounding, check_grounding, comparable
from nyay_lib.law import Outcome, Reference, classify_outcome
from nyay_lib.law.outcome import UNKNOWN, polarity
from nyay_lib.law.statutes import base_section, is_successor

Origin = Literal["disposal_nature", "source", "reference", "nowhere"]

CITATIONS = frozenset(("neutral", "reporter", "case_name"))
# A register knows coarse words: an appeal that ends in acquittal is entered as allowed, and "disposed of" says only
# that the matter is over. Where the operative part tells more, that is right as well.
_WITHIN: dict[str, frozenset[str]] = {
    "allowed": frozenset(("quashed", "acquitted", "convicted", "remanded")),
    "dismissed": frozenset(("withdrawn",)),
    "disposed": frozenset(
        ("allowed", "partly_allowed", "dismissed", "quashed", "acquitted", "convicted", "remanded", "withdrawn")
    ),
}
_ENTRIES = re.compile(r"[,;/|]| - |--")


@dataclass(frozen=True, slots=True)
class GoldOutcome:
    """How the matter ended: the label, the other labels that are right as well, the polarity, and who says so.

    ``if_convicted`` is the polarity of a conviction in this matter: it depends on who moved the court, which an
    answer need not repeat.
    """

    label: str
    others: frozenset[str]
    polarity: str
    if_convicted: str
    origin: Origin

    @property
    def is_known(self) -> bool:
        return self.label != UNKNOWN

    def agrees(self, told: Outcome) -> bool:
        """Whether an answer's label is right."""
        return told.label == self.label or told.label in self.others

    def agrees_in_polarity(self, told: Outcome) -> bool:
        """Whether an answer tells for whom the matter ended."""
        return (self.if_convicted if told.label == "convicted" else told.polarity) == self.polarity

    def is_contradicted(self, told: Outcome) -> bool:
        """Whether an answer on a point of law tells another end of the matter.

        Of a matter partly allowed each part may be told alone, and `disposed of` contradicts nothing.
        """
        if UNKNOWN in (self.label, told.label) or self.agrees(told) or told.label == "disposed":
            return False
        return self.label != "partly_allowed" and not self.agrees_in_polarity(told)


def gold_outcome(record: Record) -> GoldOutcome:
    """The outcome of the row's judgment; the label is `unknown` if nobody tells it."""
    entry = record.metadata.get("disposal_nature")
    entry = entry if isinstance(entry, str) else ""
    source = classify_outcome(record.input)
    tellers: tuple[tuple[Origin, Outcome], ...] = (
        ("disposal_nature", classify_outcome(entry)),
        ("source", source),
        ("reference", classify_outcome(record.output)),
    )
    origin, told = next((found for found in tellers if found[1].label != UNKNOWN), ("nowhere", tellers[0][1]))
    others = _also_right(told.label, entry, source.label) if origin == "disposal_nature" else frozenset[str]()
    if_convicted = polarity("convicted", f"{entry}\n{record.input}")
    known = if_convicted if told.label == "convicted" else told.polarity
    return GoldOutcome(told.label, others, known, if_convicted, origin)


def _also_right(label: str, entry: str, source: str) -> frozenset[str]:
    """What else the register's entry names, and what the operative part tells more exactly than the entry."""
    named = {classify_outcome(part).label for part in _ENTRIES.split(entry)} - {UNKNOWN}
    exact = {source} & _WITHIN.get(label, frozenset())
    return frozenset(named | exact) - {label}


def gold_references(record: Record) -> frozenset[Reference]:
    """The references of the reference answer that the judgment or the question supports, as comparable keys."""
    return supported(check_grounding(record.output, record.input, record.instruction))


def supported(grounding: Grounding) -> frozenset[Reference]:
    """The references that count as supported, as answers are compared by."""
    return keys(found for found, support in grounding.classes.items() if support not in UNSUPPORTED)


def keys(references: Iterable[Reference]) -> frozenset[Reference]:
    """References as answers are compared by: a statute by its section without clauses, all else by its canonical."""
    return frozenset(
        Reference("statute", base_section(found.canonical)) if found.kind == "statute" else comparable(found)
        for found in references
    )


def of_kind(references: Iterable[Reference], kinds: Iterable[str]) -> frozenset[Reference]:
    """Those of the named kinds."""
    wanted = frozenset(kinds)
    return frozenset(found for found in references if found.kind in wanted)


def f1(gold: frozenset[Reference], told: frozenset[Reference]) -> float:
    """Harmonic mean of precision and recall of the references ``told``, 0 to 1; 0 for an answer that names none.

    A section of the new codes told beside the gold section that it succeeded is no mistake and no further hit. Raises
    ValueError where nothing is gold: then there is nothing to measure.
    """
    if not gold:
        raise ValueError("an F1 needs at least one gold reference")
    hits = gold & told
    further = [found for found in told - gold if not any(_succeeds(found, hit) for hit in hits)]
    return 2 * len(hits) / (len(hits) + len(further) + len(gold))


def _succeeds(found: Reference, hit: Reference) -> bool:
    return found.kind == hit.kind == "statute" and is_successor(found.canonical, hit.canonical)
