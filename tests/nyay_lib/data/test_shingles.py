"""Shingles, their exact overlap, and signatures that find what is alike."""

import random
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nyay_lib.data.shingles import (
    BINS,
    LEAST_AGREEING,
    WIDTH,
    Hashes,
    WordHashes,
    densified,
    jaccard,
    shingle_hashes,
    signature,
)

KNOWN = WordHashes()
WORDS = st.lists(
    st.sampled_from(["the", "court", "held", "that", "appeal", "of", "petitioner", "is", "allowed"]), max_size=40
)


def plain_shingles(words: list[str]) -> set[tuple[str, ...]]:
    width = min(WIDTH, len(words))
    return {tuple(words[n : n + width]) for n in range(len(words) - width + 1)} if words else set()


@given(WORDS, WORDS)
def test_the_index_is_that_of_the_sets_of_word_runs(one: list[str], other: list[str]) -> None:
    a, b = plain_shingles(one), plain_shingles(other)
    found = jaccard(*(shingle_hashes(" ".join(words), KNOWN) for words in (one, other)))
    assert found == pytest.approx(len(a & b) / max(1, len(a | b)))


@pytest.mark.parametrize(
    "copy",
    [
        "The Appellant's plea - under Section 302 - was\n\n  REJECTED by the trial court.",
        "The Appellant\u2019s plea \u2014 under Section \u0969\u0966\u0968 \u2013 was rejected by the tri-\nal court.",
        "\ufeffThe\u00a0Appellant`s plea - under Sec\u00adtion 302 - was rejected by the trial court.",
    ],
)
def test_writing_makes_no_difference(copy: str) -> None:
    text = "The Appellant's plea - under Section 302 - was rejected by the trial court."
    assert jaccard(shingle_hashes(text, KNOWN), shingle_hashes(copy, KNOWN)) == 1


def test_no_words_no_shingles_and_few_words_are_one() -> None:
    assert [len(shingle_hashes(text, KNOWN)) for text in ("", " \n", "Dismissed.", "a b c d e", "a b c d e f")] == [
        *(0, 0, 1, 1, 2)
    ]
    assert jaccard(shingle_hashes("", KNOWN), shingle_hashes("", KNOWN)) == 0


def test_the_words_known_are_bounded_and_forgetting_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    text = " ".join(f"word{n}" for n in range(100))
    whole = shingle_hashes(text, WordHashes())
    monkeypatch.setattr("nyay_lib.data.shingles.KNOWN_WORDS", 7)
    known = WordHashes()
    assert np.array_equal(shingle_hashes(text, known), whole)
    assert len(known) <= 7


def test_signatures_are_the_same_in_another_process() -> None:
    text = "the appeal is allowed and the order of the court below is set aside"
    code = f"from nyay_lib.data.shingles import *; print(signature(shingle_hashes({text!r}, WordHashes())).tolist())"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "7"}
    )
    assert done.stdout.strip() == str(signature(shingle_hashes(text, KNOWN)).tolist())


def pair(shingles: int, alike: float, seed: int) -> tuple[Hashes, Hashes]:
    """Two random sets with that many shingles in all and that share in common."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, 1 << 64, shingles, np.uint64)
    common = round(alike * shingles)
    middle = (shingles + common) // 2
    return np.sort(drawn[:middle]), np.sort(np.append(drawn[:common], drawn[middle:]))


def shares_a_band(one: Hashes, other: Hashes) -> bool:
    return bool(np.any(signature(one).view(np.uint64) == signature(other).view(np.uint64)))


def compared(one: Hashes, other: Hashes) -> bool:
    return shares_a_band(one, other) and np.mean(signature(one) == signature(other)) >= LEAST_AGREEING


@pytest.mark.parametrize("shingles", [30, 200, 2000])
def test_signatures_find_999_in_1000_pairs_at_the_threshold(shingles: int) -> None:
    pairs = [pair(shingles, 0.8, seed) for seed in range(2000)]
    missed = sum(not compared(one, other) for one, other in pairs)
    assert missed <= 10  # 2 are expected; more than 10 come once in 10,000 runs of other seeds


@pytest.mark.parametrize(("alike", "share"), [(0.1, 0.001), (0.3, 0.01), (0.5, 0.2)])
def test_signatures_pass_over_what_is_not_alike(alike: float, share: float) -> None:
    pairs = [pair(1000, alike, seed) for seed in range(1000)]
    assert sum(shares_a_band(one, other) for one, other in pairs) <= share * len(pairs)


def test_bins_agree_as_often_as_the_sets_overlap_however_few_the_shingles() -> None:
    for shingles in (10, 100, 3000):
        agreed = [
            np.mean(densified(one) == densified(other)) for one, other in (pair(shingles, 0.6, n) for n in range(400))
        ]
        assert np.mean(agreed) == pytest.approx(0.6, abs=0.03)


@given(st.integers(1, 400), st.integers(0, 1000))
def test_any_set_has_a_signature(shingles: int, seed: int) -> None:
    hashes = np.unique(np.random.default_rng(seed).integers(0, 1 << 64, shingles, np.uint64))
    assert signature(hashes).shape == (BINS,)


def test_the_least_and_the_greatest_hash_have_a_bin() -> None:
    ends = np.array([0, (1 << 64) - 1], np.uint64)
    assert densified(ends)[[0, -1]].tolist() == ends.tolist()


def test_shuffled_sentences_are_not_one_text() -> None:
    words = [f"w{n}" for n in range(300)]
    text, rng = " ".join(words), random.Random(1)
    rng.shuffle(words)
    assert jaccard(shingle_hashes(text, KNOWN), shingle_hashes(" ".join(words), KNOWN)) < 0.05
