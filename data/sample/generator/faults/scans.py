"""Judgments as a poor scan is read."""

import re
from collections.abc import Callable

from data.sample.generator.faults.planting import Form, Planting
from data.sample.generator.records import Row

SPECKS = "~^|¦•·°¬_=«»\\`*#"
LOOKALIKES = str.maketrans({"l": "1", "o": "0", "e": "c", "i": "!", "S": "5", "B": "8", "m": "rn", "h": "li", "a": "@"})


def _each(share: float, change: Callable[[Planting, str], str]) -> Form:
    """About ``share`` of the words changed, the mark left as it is."""

    def plant(p: Planting) -> Row:
        mark, _, body = p.row["input"].partition("\n\n")
        words = (change(p, word) if p.chance.random() < share else word for word in body.split(" "))
        return p.with_input(f"{mark}\n\n{' '.join(words)}")

    return plant


def _specked(p: Planting, word: str) -> str:
    return word + "".join(p.chance.pick(SPECKS) for _ in range(p.chance.randint(1, 4)))


def _cut(p: Planting, word: str) -> str:
    half = len(word) // 2
    return f"{word[:half]}.{p.chance.pick(SPECKS)} {word[half:]}"


def _scanner_lines(p: Planting) -> Row:
    """Two lines of junk under each paragraph."""

    def junk() -> str:
        return "".join(p.chance.pick(SPECKS + " .,;:'-iIl1") for _ in range(p.chance.randint(20, 60)))

    paragraphs = p.row["input"].split("\n\n")[:200]
    return p.with_input("\n\n".join(f"{text}\n{junk()}\n{junk()}" for text in paragraphs))


OCR_JUNK: dict[str, Form] = {
    "specks": _each(0.4, _specked),
    "lookalikes": _each(0.6, lambda _, word: word.translate(LOOKALIKES)),
    "letter_spaced": _each(0.7, lambda _, word: " ".join(word)),
    "scanner_lines": _scanner_lines,
    "vowels_lost": _each(0.7, lambda _, word: re.sub(r"(?<=\w)[aeiouािीुूेैोौं]", "", word)),
    "cut_words": _each(0.6, _cut),
}
