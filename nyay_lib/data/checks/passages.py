"""Searching a judgment for what stands in few of them: only about the words without which it cannot be."""

import re
from collections.abc import Iterable, Iterator


def search_about(
    pattern: re.Pattern[str], text: str, words: Iterable[str], before: int = 160, after: int = 320
) -> re.Match[str] | None:
    """The first match of ``pattern`` near any of ``words``, which must stand in every match.

    ``before`` and ``after`` are characters. Finding a plain word is a hundred times faster than trying a pattern at
    every letter, and nearly every judgment has none.
    """
    return next((found for span in spans(text, words, before, after) if (found := pattern.search(text, *span))), None)


def spans(
    text: str, words: Iterable[str], before: int, after: int, most: int | None = None
) -> Iterator[tuple[int, int]]:
    """The merged stretches of ``text`` about each of ``words``, in order; about the first ``most`` places of each."""
    span: tuple[int, int] | None = None
    for place in sorted(_places(text, words, max(1, before // 2), most)):
        start, end = max(0, place - before), min(len(text), place + after)
        if span and start > span[1]:
            yield span
            span = None
        span = (span[0] if span else start, end)
    if span:
        yield span


def _places(text: str, words: Iterable[str], apart: int, most: int | None) -> Iterator[int]:
    """Where the words stand; of those that are close together, enough to cover the stretch."""
    for word in words:
        place, found = text.find(word), 0
        while place >= 0 and found != most:
            yield place
            place, found = text.find(word, place + apart), found + 1
