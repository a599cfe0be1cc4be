"""Inputs of different cases that are nearly one text: found, exactly measured, and nothing else named."""

import json
import random
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.sample.generate import generate
from nyay_lib.data import near_duplicates
from nyay_lib.data.near_duplicates import NearDuplicates, candidates
from nyay_lib.errors import DataError
from tests.nyay_lib.data.judgments import (
    BAIL_1,
    BAIL_2,
    CNRS,
    LAND_1,
    LAND_2,
    LAND_3,
    TASKS,
    indexed,
    plain_jaccard,
    record,
    write,
)


def found_in(*paths: Path) -> NearDuplicates:
    return indexed(*paths).find()


def alike(path: Path) -> dict[tuple[str, str], float]:
    """The index of each two rows of different cases whose inputs are nearly one text, by their ids."""
    found = found_in(path)
    pairs = combinations(range(len(found.rows)), 2)
    other = [pair for pair in pairs if found.cases[pair[0]] != found.cases[pair[1]]]
    return {
        (found.rows.id(one), found.rows.id(two)): index
        for one, two in other
        if (index := found.jaccard(one, two)) is not None
    }


def links(folder: Path, records: Iterable[dict[str, Any]]) -> dict[tuple[str, str], float]:
    return alike(write(folder / "train.jsonl", records))


def ids(found: NearDuplicates) -> list[str]:
    return [found.rows.id(row) for row in found.repeats(range(len(found.rows)))]


@pytest.mark.parametrize("name", ["train.jsonl", "train.jsonl.gz"])
def test_the_neighbours_case_is_found_and_measured(tmp_path: Path, name: str) -> None:
    found = alike(write(tmp_path / name, [record(1, LAND_1), record(2, BAIL_1), record(3, LAND_2)]))
    index = plain_jaccard(LAND_1, LAND_2)
    assert index == pytest.approx(0.9, abs=0.01)
    assert found == {(f"{name}:1", f"{name}:3"): pytest.approx(index)}


def test_a_case_of_the_same_batch_with_an_order_of_its_own_is_not(tmp_path: Path) -> None:
    assert plain_jaccard(LAND_1, LAND_3) == pytest.approx(0.72, abs=0.01)
    assert links(tmp_path, [record(1, LAND_1), record(2, LAND_3)]) == {}


def test_two_bail_orders_in_one_frame_are_not(tmp_path: Path) -> None:
    assert links(tmp_path, [record(1, BAIL_1), record(2, BAIL_2)]) == {}


def test_rows_of_one_case_are_no_near_duplicates_however_its_input_was_cut(tmp_path: Path) -> None:
    rows = [record(1, text, task) for text, task in zip((LAND_1, LAND_1, LAND_2, LAND_1[80:]), TASKS, strict=True)]
    assert links(tmp_path, rows) == {}


def test_one_text_under_two_numbers_is_found(tmp_path: Path) -> None:
    rows = [record(1, LAND_1), record(1, LAND_1, TASKS[1]), record(2, LAND_1), record(2, LAND_1, TASKS[1])]
    pairs = {(f"train.jsonl:{one}", f"train.jsonl:{two}"): 1.0 for one in (1, 2) for two in (3, 4)}
    assert links(tmp_path, rows) == pairs


def test_rows_without_input_are_never_alike(tmp_path: Path) -> None:
    assert links(tmp_path, [record(1, ""), record(2, ""), record(3, "\u200b\n\u200b")]) == {}
    assert links(tmp_path, []) == {}


def test_the_first_case_stays_and_later_ones_are_set_aside(tmp_path: Path) -> None:
    rows = [record(1, LAND_2), record(2, LAND_1), record(3, BAIL_1), record(1, LAND_2, TASKS[1]), record(4, LAND_1)]
    found = found_in(write(tmp_path / "train.jsonl", rows))
    assert ids(found) == ["train.jsonl:2", "train.jsonl:5"]


def test_each_split_keeps_its_own_first(tmp_path: Path) -> None:
    train = write(tmp_path / "train.jsonl", [record(1, LAND_1), record(2, LAND_2)])
    held_out = write(tmp_path / "val.jsonl", [record(3, LAND_1), record(4, BAIL_1)])
    found = found_in(train, held_out)
    assert list(found.repeats([0, 1])) == [1]
    assert list(found.repeats([2, 3])) == []


def test_lines_that_are_no_records_are_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path / "train.jsonl", [record(1, LAND_1), record(2, LAND_2)])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\nnothing\r\n\r\n", 1))
    assert list(alike(path)) == [("train.jsonl:1", "train.jsonl:4")]


def test_a_file_that_changes_meanwhile_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "train.jsonl", [record(1, LAND_1), record(2, LAND_2)])
    index = indexed(path)
    write(path, [record(1, LAND_1), record(2, BAIL_1)])
    with pytest.raises(DataError, match=r"train\.jsonl: line 2 has changed while"):
        index.find()


def test_a_file_that_shrinks_meanwhile_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "train.jsonl", [record(1, LAND_1), record(2, LAND_2)])
    index = indexed(path)
    write(path, [record(1, LAND_1)])
    with pytest.raises(DataError, match=r"train\.jsonl: line 2 has gone while"):
        index.find()


def drawn(count: int, changed: int) -> list[str]:
    """Copies of one text of 400 words, each with some words of its own."""
    rng = random.Random(3)
    words = [f"w{rng.randrange(9999)}" for _ in range(400)]
    texts: list[str] = []
    for copy in range(count):
        places = rng.sample(range(400), changed)
        texts.append(" ".join(f"c{copy}" if place in places else word for place, word in enumerate(words)))
    return texts


def test_a_form_that_hundreds_share_is_one_cluster_at_little_cost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []
    plain = near_duplicates.jaccard
    monkeypatch.setattr(near_duplicates, "jaccard", lambda *sets: compared.append(1) or plain(*sets))
    monkeypatch.setattr(near_duplicates, "WIDEST", 10)
    rows = [record(0, text) for text in drawn(90, 3)]
    for number, row in enumerate(rows):
        row["metadata"]["cnr"] = CNRS[number]
    found = found_in(write(tmp_path / "train.jsonl", rows))
    assert {found.cluster(row) for row in range(90)} == {0}
    assert len(ids(found)) == 89
    assert len(compared) < 300  # of 4,005 pairs


@given(st.lists(st.integers(0, 3), max_size=40))
def test_candidates_are_the_pairs_that_agree_in_a_band(keys: list[int]) -> None:
    bands = np.array([[key, 7 + number] for number, key in enumerate(keys)], np.uint64).reshape(-1, 2)
    expected = [(i, j) for i in range(len(keys)) for j in range(i + 1, len(keys)) if keys[i] == keys[j]]
    assert [tuple(pair) for pair in candidates(bands.view(np.uint8)).tolist()] == expected


@settings(deadline=None, max_examples=15)
@given(st.permutations(range(6)))
def test_the_order_of_rows_does_not_change_what_is_found(
    tmp_path_factory: pytest.TempPathFactory, order: list[int]
) -> None:
    texts = [LAND_1, LAND_2, LAND_3, BAIL_1, BAIL_2, BAIL_1.replace("forty", "fifty")]
    found = links(tmp_path_factory.mktemp("order"), [record(number + 1, texts[number]) for number in order])
    texts_of = {f"train.jsonl:{line}": number for line, number in enumerate(order, start=1)}
    assert {frozenset(map(texts_of.__getitem__, pair)) for pair in found} == {frozenset((0, 1)), frozenset((3, 5))}


@pytest.mark.parametrize("mean_words", [120, 600])
def test_each_planted_near_duplicate_is_named_and_no_clean_row(tmp_path: Path, mean_words: int) -> None:
    planted = ("near_duplicate", "leak_near_duplicate", "leak_sibling")
    generate(tmp_path, rows=2000, seed=5, mean_words=mean_words, faults=planted, fault_share=0.06)
    truths = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    expected = {f"{row['file']}:{row['line']}" for row in truths if row["fault"] == "near_duplicate"}
    found = found_in(tmp_path / "train.jsonl", tmp_path / "val.jsonl")
    training = [row for row in range(len(found.rows)) if found.rows.path(row).name == "train.jsonl"]
    named = {
        found.rows.id(row) for side in (training, range(len(training), len(found.rows))) for row in found.repeats(side)
    }
    assert len(expected) > 30
    assert named == expected
