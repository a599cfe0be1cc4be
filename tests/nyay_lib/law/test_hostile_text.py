"""Extractors on text made to hurt them: a megabyte in a second or so, in time that grows with the size alone."""

import json
import random
import time
from collections.abc import Callable
from itertools import count, islice
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nyay_lib.law import classify_outcome, extract_references
from nyay_lib.law.courts import name_courts
from nyay_lib.law.normalise import NormalText, normalise
from nyay_lib.law.references import FINDERS

MEGABYTE = 1_000_000
FILE = Path(__file__).with_name("cases") / "hostile.jsonl"
UNITS: list[str] = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
READERS = (extract_references, classify_outcome, name_courts)


def repeated(unit: str, size: int) -> str:
    return (unit * (size // len(unit) + 1))[:size]


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
    "sums": counted("Rs. {} ", 9000),
    "alternating quotes": "\"'" * (MEGABYTE // 2),
    "blanks": " " * MEGABYTE,
    "newlines": "\n" * MEGABYTE,
    "hyphens at line ends": "a-\n" * (MEGABYTE // 3),
    "Devanagari letters": "क" * MEGABYTE,
    "Devanagari words": "धारा " * (MEGABYTE // 5),
    "Devanagari marks": "क्" * (MEGABYTE // 2),
    "combining marks": "a" + "\u0300\u0327" * (MEGABYTE // 2),
    "definitions": "(for short, 'the Act') " * (MEGABYTE // 23),
    "orders": "the appeal is dismissed. " * (MEGABYTE // 25),
    "orders without an end": "the appeal is allowed and " * (MEGABYTE // 26),
    "reliefs of nothing": "the granted " * (MEGABYTE // 12),
    "headings": "Outcome:\n" * (MEGABYTE // 9),
    "numbered matters": counted("Appeal No. {} of 2020 is dismissed. ", 30000),
}

# A quiet core takes under one; a guard against what grows with the square, which would take minutes.
SECONDS = 4


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


def steps(text: str) -> dict[str, Callable[[], object]]:
    """Every extractor alone and the readers whole, on one text."""
    plain: NormalText = normalise(text)
    alone = {find.__name__: lambda find=find: list(find(plain)) for find in FINDERS}
    whole = {read.__name__: lambda read=read: read(text) for read in READERS}
    return {"normalise": lambda: normalise(text), **alone, **whole}


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_megabyte_passes_each_extractor_within_seconds():
    worst: dict[str, tuple[float, str]] = {}
    for shape, text in SHAPES.items():
        for name, run in steps(text).items():
            took = least_seconds(run, enough=SECONDS)
            worst[name] = max(worst.get(name, (0.0, "")), (took, shape))
    print("\n".join(f"{name:24}{took:6.2f} s/MB  {shape}" for name, (took, shape) in worst.items()))
    assert max(took for took, _ in worst.values()) < SECONDS, worst


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("read", READERS)
def test_every_hostile_unit_takes_time_by_its_length(read):
    size, growth = 15_000, 8
    figures: list[tuple[float, float, str]] = []
    for unit in UNITS:
        small, large = repeated(unit, size), repeated(unit, size * growth)
        once = max(median(seconds(lambda text=small: read(text)) for _ in range(3)), 0.003)
        whole = least_seconds(lambda text=large: read(text), enough=3 * growth * once)
        figures.append((whole / (size * growth) * MEGABYTE, whole / once / growth, unit))
    figures.sort(reverse=True)
    print("\n".join(f"{per:6.2f} s/MB, growth {ratio:4.2f} {unit!r}" for per, ratio, unit in figures[:8]))
    assert max(ratio for _, ratio, _ in figures) < 3
    assert figures[0][0] < 2 * SECONDS


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(UNITS), min_size=2, max_size=5), st.integers(0, 2**16), st.booleans())
def test_mixtures_of_hostile_units_take_time_by_their_length(units: list[str], seed: int, is_shuffled: bool):
    parts = random.Random(seed).choices(units, k=4000) if is_shuffled else units * 2000
    small, large = "".join(parts)[:8_000], repeated("".join(parts), 64_000)
    for read in READERS:
        once = max(median(seconds(lambda read=read: read(small)) for _ in range(3)), 0.005)
        assert least_seconds(lambda read=read: read(large), enough=24 * once) < 24 * once, read.__name__


@pytest.mark.parametrize("read", READERS[:2])
@pytest.mark.parametrize("shape", SHAPES)
def test_eight_times_the_text_takes_far_less_than_the_square(shape, read):
    small, large = SHAPES[shape][:15_000], SHAPES[shape][:120_000]
    floor = 0.01
    once = max(min(seconds(lambda: read(small)) for _ in range(3)), floor)
    assert least_seconds(lambda: read(large), enough=24 * once) < 24 * once
