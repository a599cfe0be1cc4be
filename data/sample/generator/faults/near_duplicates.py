"""An earlier judgment under another number, with some of its fillers changed."""

import re
from collections.abc import Callable
from typing import TypeAlias

from data.sample.generator.cases import Case
from data.sample.generator.faults.planting import Form, Planting
from data.sample.generator.records import Row
from data.sample.generator.shingles import jaccard, shingles

# From a filler and a share to the filler with about that share of it changed.
Change: TypeAlias = Callable[[Planting, str, float], str]
NEAREST, FARTHEST = 0.97, 0.84
# Tried in turn; with the last one the case number alone is another.
SHARES = (0.09, 0.16, 0.3, 0.06, 0.04, 0.025, 0.015, 0.008, 0.0)


def _near(change: Change) -> Form:
    """A form whose text is like the original by ``FARTHEST`` to ``NEAREST``."""

    def plant(p: Planting) -> Row:
        case, row = p.repeated()
        cnr = p.book.cnr(p.spare, case.cnr[:4], case.decided.year)
        number = f"{case.facts['kind']} No. {p.chance.randint(9900, 12000)} of {case.facts['filed']}"
        return row | {
            "input": _text(p, case, row["input"], number, change),
            "output": row["output"].replace(case.facts["caseno"], number),
            "metadata": row["metadata"] | {"cnr": cnr, "case_number": number},
        }

    return plant


def _text(p: Planting, case: Case, original: str, number: str, change: Change) -> str:
    """The judgment with the first share of changes that makes it neither too like nor too unlike the original."""
    source = shingles(original)
    text = original
    for share in SHARES:
        changed = (change(p, text, share) if filler else text for text, filler in case.paragraphs)
        text = "\n\n".join(paragraph for paragraph in changed if paragraph).replace(case.facts["caseno"], number)
        if FARTHEST <= jaccard(source, shingles(text)) <= NEAREST:
            break
    return text


def _retyped(p: Planting, text: str, share: float) -> str:
    """Slips of a typist: a letter left out, two letters changed about."""
    words = text.split(" ")
    for place in range(1, len(words)):
        word = words[place]
        if len(word) > 3 and word.isalpha() and p.chance.random() < share * 0.3:
            cut = p.chance.randrange(1, len(word) - 1)
            words[place] = word[:cut] + (word[cut + 1] + word[cut] + word[cut + 2 :] if cut % 2 else word[cut + 1 :])
    return " ".join(words)


def _refigured(p: Planting, text: str, share: float) -> str:
    """Other sums and serial numbers, as in a batch of cases decided alike."""

    def figure(match: re.Match[str]) -> str:
        return str(p.chance.randint(20, 960)) if p.chance.random() < share * 4 else match[0]

    return re.sub(r"\b\d{2,3}\b(?![./,-]\d)", figure, text)


def _dropped(p: Planting, text: str, share: float) -> str:
    return "" if p.chance.random() < share else text


def _added(p: Planting, text: str, share: float) -> str:
    if p.chance.random() >= share * 1.3:
        return text
    writer = p.writer()
    pool = writer.language.pools["reason"]
    return f"{text}\n\n{' '.join(writer.sentence('reason', pool) for _ in range(3))}"


def _rephrased(p: Planting, text: str, share: float) -> str:
    sentences = re.split(r"(?<=[.।]) (?=[A-Zऀ-ॿ])", text)
    writer = p.writer()
    pool = writer.language.pools["facts"]
    return " ".join(s if p.chance.random() > share * 1.2 else writer.sentence("facts", pool) for s in sentences)


def _with_page_lines(p: Planting, text: str, share: float) -> str:
    """The lines that a registry's website puts on each page."""
    words = text.split(" ")
    for place in range(len(words) - 2, 2, -1):
        if p.chance.random() < share * 0.16:
            day = f"{p.chance.randint(1, 28)}/0{p.chance.randint(1, 9)}/2024"
            words[place] += f"\n::: Downloaded on - {day} ::: Page {place}\n"
    return " ".join(words)


NEAR_DUPLICATE: dict[str, Form] = {
    "retyped": _near(_retyped),
    "other_figures": _near(_refigured),
    "paragraphs_left_out": _near(_dropped),
    "paragraphs_added": _near(_added),
    "sentences_rewritten": _near(_rephrased),
    "page_lines": _near(_with_page_lines),
}
