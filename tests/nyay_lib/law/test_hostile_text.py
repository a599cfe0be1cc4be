"""Extractors on text made to hurt them: a megabyte in under a second, and time that grows with the size."""

import time
from collections.abc import Callable
from itertools import count, islice

import pytest

from nyay_lib.law import classify_outcome, extract_references
from nyay_lib.law.normalise import normalise
from nyay_lib.law.references import FINDERS

MEGABYTE = 1_000_000


def counted(pattern: str, most: int) -> str:
    return "".join(pattern.format(n % most) for n in islice(count(), MEGABYTE // len(pattern) + 1))[:MEGABYTE]


SHAPES = {
    "capitals": "A" * MEGABYTE,
    "capitalised words": "Abc " * (MEGABYTE // 4),
    "initials": "A. " * (MEGABYTE // 3),
    "digits": "1" * MEGABYTE,
    "numbers": counted("{} ", 1000),
    "years": counted("19{:02d} ", 100),
    "brackets": "(" * MEGABYTE,
    "one list of sections": "Section " + counted("{}, ", 600),
    "soft sections": counted("Section {} ", 600),
    "v. v. v.": "v. " * (MEGABYTE // 3),
    "names and v.": counted("Ram{} v. ", 1000),
    "blanks": " " * MEGABYTE,
    "newlines": "\n" * MEGABYTE,
    "hyphens at line ends": "a-\n" * (MEGABYTE // 3),
    "Devanagari letters": "क" * MEGABYTE,
    "Devanagari words": "धारा " * (MEGABYTE // 5),
    "combining marks": "a" + "\u0300\u0327" * (MEGABYTE // 2),
    "definitions": "(for short, 'the Act') " * (MEGABYTE // 23),
    "orders": "the appeal is dismissed. " * (MEGABYTE // 25),
    "orders without an end": "the appeal is allowed and " * (MEGABYTE // 26),
    "headings": "Outcome:\n" * (MEGABYTE // 9),
    "numbered matters": counted("Appeal No. {} of 2020 is dismissed. ", 30000),
}

# A quiet core takes under one; a guard against what grows with the square, which would take minutes.
SECONDS = 3


def seconds(run: Callable[[], object]) -> float:
    start = time.process_time()
    run()
    return time.process_time() - start


def least_seconds(run: Callable[[], object], enough: float, tries: int = 5) -> float:
    """The least of a few tries, none more than needed: what else the machine does only ever adds."""
    least = seconds(run)
    for _ in range(tries - 1):
        if least < enough:
            break
        least = min(least, seconds(run))
    return least


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
def test_a_megabyte_passes_each_extractor_within_seconds(shape):
    text = normalise(SHAPES[shape])
    for find in FINDERS:
        assert least_seconds(lambda find=find: list(find(text)), enough=SECONDS) < SECONDS, find.__name__
    assert least_seconds(lambda: normalise(SHAPES[shape]), enough=SECONDS) < SECONDS
    assert least_seconds(lambda: classify_outcome(SHAPES[shape]), enough=SECONDS) < SECONDS


@pytest.mark.parametrize("read", [extract_references, classify_outcome])
@pytest.mark.parametrize("shape", SHAPES)
def test_eight_times_the_text_takes_far_less_than_the_square(shape, read):
    small, large = SHAPES[shape][:15_000], SHAPES[shape][:120_000]
    floor = 0.01
    once = max(min(seconds(lambda: read(small)) for _ in range(3)), floor)
    assert least_seconds(lambda: read(large), enough=24 * once) < 24 * once
