"""Passages of a text: found about the words without which they cannot be, as few judgments have them, and shown."""

import re
from collections.abc import Iterable, Iterator

# Typed quotes and a blank for printed ones.
STRAIGHT = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " "})


def shown(text: str) -> str:
    """The beginning of a passage as a fault's detail quotes it, in one line."""
    return repr(" ".join(text.split())[:80])


def search_about(pattern: re.Pattern[str], text: str, words: Iterable[str]) -> re.Match[str] | None:
    """The first match of ``pattern`` near any of ``words``, which must stand in every match.

    Finding a plain word is a hundred times faster than trying a pattern at every letter, and nearly every judgment has
    none.
    """
    return next((found for span in spans(text, words, 160, 320) if (found := pattern.search(text, *span))), None)


def spans(text: str, words: Iterable[str], before: int, after: int) -> Iterator[tuple[int, int]]:
    """The merged stretches of ``text`` about each of ``words``, in order; ``before`` and ``after`` are characters."""
    apart = max(1, before // 2)
    found = (place for word in words if word in text for place in places(text, word, apart))
    return merged(found, len(text), before, after)


def merged(found: Iterable[int], length: int, before: int, after: int) -> Iterator[tuple[int, int]]:
    """The stretches from ``before`` characters before each place to ``after`` behind it; those that touch are one."""
    span: tuple[int, int] | None = None
    for place in sorted(found):
        start, end = max(0, place - before), min(length, place + after)
        if span and start > span[1]:
            yield span
            span = None
        span = (span[0] if span else start, end)
    if span:
        yield span


def places(text: str, word: str, apart: int = 1) -> Iterator[int]:
    """Where a word stands; of places that are closer than ``apart``, the first."""
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + apart)
