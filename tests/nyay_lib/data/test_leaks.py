"""The leak certificate: every pair of kin across the splits by name, and no other."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from data.sample.generate import generate
from nyay_lib.data import leaks
from nyay_lib.data.leaks import Leak, LeakCertificate, leaks_between
from nyay_lib.errors import DataError
from tests.nyay_lib.data.judgments import BAIL_1, BAIL_2, LAND_1, LAND_2, LAND_3, TASKS, indexed, record, write

Rows = list[dict[str, Any]]


def find_leaks(train: Sequence[Path], validation: Sequence[Path], listing: Path | None = None) -> LeakCertificate:
    found, border = indexed(*train, *validation).find(), len(indexed(*train).rows)
    return leaks_between(found, range(border), range(border, len(found.rows))).certificate(listing)


def certificate(folder: Path, train: Rows, validation: Rows, listing: Path | None = None) -> LeakCertificate:
    return find_leaks([write(folder / "train.jsonl", train)], [write(folder / "val.jsonl", validation)], listing)


def test_a_sibling_and_a_near_duplicate_in_validation_are_both_named(tmp_path: Path) -> None:
    train = [record(1, BAIL_1), record(2, LAND_1), record(3, LAND_3)]
    validation = [record(4, BAIL_2), record(1, BAIL_1, TASKS[1]), record(5, LAND_2)]
    found = certificate(tmp_path, train, validation)
    sibling, near = found.first
    assert sibling == Leak(training="train.jsonl:1", validation="val.jsonl:2", why="same_case", jaccard=1.0)
    assert near == Leak(training="train.jsonl:2", validation="val.jsonl:3", why="near_duplicate", jaccard=near.jaccard)
    assert near.jaccard == pytest.approx(0.9, abs=0.01)
    assert (found.same_case, found.near_duplicate, found.pairs) == (1, 1, 2)
    assert found.leak_free == ("val.jsonl:1",)
    assert found.validation_rows == 3


def test_files_that_are_apart_have_a_clean_certificate(tmp_path: Path) -> None:
    found = certificate(tmp_path, [record(1, BAIL_1), record(2, LAND_1)], [record(3, BAIL_2), record(4, LAND_3)])
    assert found.pairs == 0 and found.first == ()
    assert found.leak_free == ("val.jsonl:1", "val.jsonl:2")
    found.require_apart()


def test_near_duplicates_within_one_split_do_not_leak(tmp_path: Path) -> None:
    found = certificate(tmp_path, [record(1, LAND_1), record(2, LAND_2)], [record(3, BAIL_1), record(3, BAIL_1)])
    assert found.pairs == 0


def test_a_case_leaks_whatever_was_cut_from_its_input(tmp_path: Path) -> None:
    found = certificate(tmp_path, [record(1, ""), record(2, LAND_1)], [record(1, LAND_3), record(2, BAIL_1)])
    assert [(leak.training, leak.validation, leak.why, leak.jaccard) for leak in found.first] == [
        ("train.jsonl:1", "val.jsonl:1", "same_case", None),
        ("train.jsonl:2", "val.jsonl:2", "same_case", None),
    ]


def test_kin_of_kin_leaks_too(tmp_path: Path) -> None:
    """Case 2 has its text twice, once nearly as case 1 and once as case 3."""
    train = [record(1, LAND_1)]
    validation = [record(2, LAND_2), record(2, BAIL_1, TASKS[1]), record(3, BAIL_1)]
    found = certificate(tmp_path, train, validation)
    assert found.leak_free == ()
    assert [leak.jaccard is None for leak in found.first] == [False, True, True]
    assert {leak.why for leak in found.first} == {"near_duplicate"}


def test_every_pair_is_listed_though_the_certificate_holds_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaks, "LISTED", 3)
    rows = [record(1, LAND_1, task) for task in TASKS]
    found = certificate(tmp_path, rows, rows, tmp_path / "leaks.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "leaks.jsonl").read_text(encoding="utf-8").splitlines()]
    assert (found.pairs, len(found.first), len(lines)) == (16, 3, 16)
    assert lines[0] == found.first[0].model_dump()


def test_a_strict_run_stops_and_says_where(tmp_path: Path) -> None:
    found = certificate(tmp_path, [record(1, BAIL_1)], [record(1, BAIL_1, TASKS[1]), record(2, LAND_1)])
    with pytest.raises(DataError, match=r"val\.jsonl:1: leaks into training, as train\.jsonl:1 is of the same case"):
        found.require_apart()


def test_empty_files_and_packed_files(tmp_path: Path) -> None:
    empty, packed = write(tmp_path / "a.jsonl", []), write(tmp_path / "val.jsonl.gz", [record(1, LAND_1)])
    assert find_leaks([empty], [packed]).leak_free == ("val.jsonl.gz:1",)
    assert find_leaks([packed], [empty]).leak_free == find_leaks([], []).leak_free == ()


def test_several_files_a_side(tmp_path: Path) -> None:
    paths = [
        write(tmp_path / f"{name}.jsonl", [record(n, text)])
        for n, (name, text) in enumerate({"a": LAND_1, "b": BAIL_1, "v": BAIL_2, "w": LAND_2}.items())
    ]
    assert [(leak.training, leak.validation) for leak in find_leaks(paths[:2], paths[2:]).first] == [
        ("a.jsonl:1", "w.jsonl:1")
    ]


def test_each_planted_leak_is_named_and_no_clean_pair(tmp_path: Path) -> None:
    planted = ("leak_near_duplicate", "leak_sibling")
    generate(tmp_path, rows=2000, seed=9, mean_words=300, faults=planted, fault_share=0.04)
    truths = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    expected = {
        (f"{row['file']}:{row['line']}", validation, "same_case" if "sibling" in row["fault"] else "near_duplicate")
        for row in truths
        if row["fault"]
        for validation in row["of"]
    }
    listing = tmp_path / "leaks.jsonl"
    found = find_leaks([tmp_path / "train.jsonl"], [tmp_path / "val.jsonl"], listing)
    named = [Leak.model_validate_json(line) for line in listing.read_text(encoding="utf-8").splitlines()]
    assert len(expected) > 100
    assert {(leak.training, leak.validation, leak.why) for leak in named} == expected
    assert set(found.leak_free) == {f"val.jsonl:{n + 1}" for n in range(200)} - {pair[1] for pair in expected}


def test_the_cases_of_the_sample_are_apart() -> None:
    folder = Path(__file__).parents[3] / "data/sample"
    assert find_leaks([folder / "train.jsonl"], [folder / "val.jsonl"]).pairs == 0
