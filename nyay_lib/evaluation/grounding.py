"""Grounding: which legal references of an answer its source supports. The hallucination rate is counted from this.

The unit is the set of distinct hard references of the answer. Support is looked for in the whole judgment and the
instruction; the reference answer, which a machine has written, supports nothing. Source: the reference grammar,
section 4. It cannot see a true citation for the wrong proposition, a party's argument told as the court's, or false
prose without a reference.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from nyay_lib.law import Reference, extract_references, tables
from nyay_lib.law.normalise import normalise
from nyay_lib.law.statutes import base_section, exists, is_successor, parse_statute

Support = Literal["supported", "supported_base", "derived", "reference_only", "unsupported", "invalid"]
UNSUPPORTED: frozenset[Support] = frozenset(("reference_only", "unsupported", "invalid"))

_SAME_PARTY: dict[str, str] = tables.load("names")["same_party"]
_SAME_PARTIES = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, _SAME_PARTY))})(?!\w)")
_INITIALS_APART = re.compile(r"(?<=\b[a-z]) (?=[a-z]\b)")
_STRENGTH = re.compile(r"-(?:DB|FB|SB|LB)$")
# "Ram Kumar, aged 41 years, of Pune ... Appellant / Versus / The State of Goa": how far the parties may stand apart.
_TITLE_REACH = 400
_VERSUS = re.compile(r"(?<![a-z])(?:v|vs|v/s|versus)(?![a-z])|विरुद्ध|बनाम")
_NOT_A_NAME = re.compile(r"[^a-z0-9\u0900-\u097f&/ ]+")


@dataclass(frozen=True, slots=True)
class Grounding:
    """The class of each reference of an answer, in the order of first appearance."""

    classes: dict[Reference, Support]

    @property
    def unsupported(self) -> list[Reference]:
        """References that count against the answer: reference_only, unsupported, invalid."""
        return self._of(UNSUPPORTED)

    @property
    def derived(self) -> list[Reference]:
        """Sections of the new codes that stand beside a supported section of the old ones."""
        return self._of({"derived"})

    @property
    def no_references(self) -> bool:
        """Whether the answer names nothing that could be checked: that is not the same as clean."""
        return not self.classes

    def _of(self, wanted: frozenset[Support] | set[Support]) -> list[Reference]:
        return sorted((found for found, support in self.classes.items() if support in wanted), key=_order)


def check_grounding(generated: str, source: str, instruction: str = "", reference: str = "") -> Grounding:
    """Class of every hard reference of ``generated``.

    ``source`` is the full judgment, not the part that fitted the prompt; ``reference`` the reference answer. Takes
    linear time in each text and never raises on any str.
    """
    named = extract_references(generated)
    ground = Ground(f"{source}\n\n{instruction}")
    classes: dict[Reference, Support] = {found: ground.support(found) for found in named}
    for found in _derived(classes):
        classes[found] = "derived"
    told = {comparable(found) for found in extract_references(reference)} if reference else set[Reference]()
    for found, support in classes.items():
        if support == "unsupported":
            classes[found] = _unsupported(found, told)
    return Grounding(classes)


class Ground:
    """A text and the references that stand in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.references = {comparable(found) for found in extract_references(text)}
        self.bases = {base_section(found.canonical) for found in self.references if found.kind == "statute"}

    def support(self, found: Reference) -> Support:
        """supported, supported_base or unsupported, for what this text alone says."""
        if comparable(found) in self.references:
            return "supported"
        if found.kind == "statute" and base_section(found.canonical) in self.bases:
            return "supported_base"
        if found.kind == "case_name" and self._is_titled(found.canonical):
            return "supported"
        return "unsupported"

    def _is_titled(self, canonical: str) -> bool:
        """Whether the parties face each other in a cause title, with addresses and roles between them."""
        first, _, second = (_words_of(party).strip() for party in canonical.partition(" v "))
        words = self._words
        if not first or not second:
            return False
        place = words.find(f" {first} ")
        while place >= 0:
            after = place + len(first) + 1
            second_place = words.find(f" {second} ", after, after + _TITLE_REACH + len(second))
            if second_place >= 0 and len(_VERSUS.findall(words, after, second_place + 1)) == 1:
                return True
            place = words.find(f" {first} ", after)
        return False

    @cached_property
    def _words(self) -> str:
        return _words_of(normalise(self.text).lower)


def _words_of(lower: str) -> str:
    """The words alone with one blank before and after each; abbreviations lose their dots."""
    plain = lower.replace(".", "").replace("'", "")
    return f" {' '.join(_NOT_A_NAME.sub(' ', plain).split())} "


def comparable(found: Reference) -> Reference:
    """The reference without what many leave out or write in another way.

    The strength of the bench in a neutral citation; in the name of a case a leading "the", blanks between initials, and
    the short names of States.
    """
    if found.kind == "neutral":
        return Reference(found.kind, _STRENGTH.sub("", found.canonical))
    if found.kind == "case_name":
        return Reference(found.kind, " v ".join(map(_party, found.canonical.split(" v ", 1))))
    return found


def _party(name: str) -> str:
    plain = _INITIALS_APART.sub("", name.removeprefix("the "))
    return _SAME_PARTIES.sub(lambda same: _SAME_PARTY[same[0]], plain)


def _derived(classes: dict[Reference, Support]) -> list[Reference]:
    """New sections whose predecessor stands in the same answer and is itself supported."""
    statutes = {found: support for found, support in classes.items() if found.kind == "statute"}
    old = [found.canonical for found, support in statutes.items() if support in ("supported", "supported_base")]
    return [
        found
        for found, support in statutes.items()
        if support == "unsupported" and any(is_successor(found.canonical, of) for of in old)
    ]


def _unsupported(found: Reference, told: set[Reference]) -> Support:
    if comparable(found) in told:
        return "reference_only"
    is_statute = found.kind == "statute" and parse_statute(found.canonical) is not None
    return "invalid" if is_statute and not exists(found.canonical) else "unsupported"


def _order(found: Reference) -> tuple[str, str]:
    return found.kind, found.canonical
