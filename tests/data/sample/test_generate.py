"""The files: the same bytes for the same seed, faults in the share asked for, memory that does not grow."""

import hashlib
import subprocess
import sys
import tracemalloc
from collections import Counter
from pathlib import Path

import pytest

from data.sample.generate import FAULTS, generate
from tests.data.sample.made import FILES, Made, make

ROOT = Path(__file__).parents[3]


def test_the_same_seed_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    generate(tmp_path / "a", rows=300, seed=7, mean_words=250, faults="all", fault_share=0.1)
    options = ["--rows", "300", "--seed", "7", "--mean-words", "250", "--faults", "all", "--fault-share", "0.1"]
    command = [sys.executable, "data/sample/generate.py", str(tmp_path / "b"), *options]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env={"PYTHONHASHSEED": "5"})
    for name in (*FILES, "truth.jsonl"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_seed_means_the_same_rows_as_before(tmp_path: Path) -> None:
    """Figures of one seed are compared across versions: who means to change the rows writes the new digest here."""
    generate(tmp_path, rows=150, seed=1, mean_words=400, faults="all", fault_share=0.3)
    made = b"".join((tmp_path / name).read_bytes() for name in (*FILES, "truth.jsonl"))
    assert hashlib.sha256(made).hexdigest() == "99f010426831b89fbdd53876218eb5c62837b2d3b41006949c9901c96634c5fe"


def test_another_seed_gives_other_cases(tmp_path: Path) -> None:
    one, other = (make(tmp_path / str(seed), rows=60, seed=seed, mean_words=250) for seed in (1, 2))
    assert not {about["cnr"] for about in one.truths} & {about["cnr"] for about in other.truths}


def test_validation_takes_its_share_and_no_case_of_training(clean: Made) -> None:
    assert {name: len(lines) for name, lines in clean.lines.items()} == {"train.jsonl": 540, "val.jsonl": 60}
    training, validation = ({about["cnr"] for about in clean.truths if about["file"] == name} for name in FILES)
    assert not training & validation
    assert set(Counter(about["cnr"] for about in clean.truths).values()) == {2}


def test_a_class_asked_for_alone_takes_the_whole_share(tmp_path: Path) -> None:
    made = make(tmp_path, rows=400, seed=2, mean_words=250, faults="bad_cnr", fault_share=0.1)
    assert made.counts["planted"] == {"bad_cnr": 40, "clean": 360}
    assert {about["form"] for about in made.of_class("bad_cnr")} == set(FAULTS["bad_cnr"])


def test_a_line_too_long_comes_once_and_only_by_name(tmp_path: Path) -> None:
    made = make(tmp_path, rows=60, mean_words=250, faults=["line_too_long"], fault_share=0.2, validation_share=0)
    [about] = made.of_class("line_too_long")
    assert len(made.line(about)) > 16 << 20


def test_an_unknown_fault_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'typos' is no fault; known are none, all, bad_utf8"):
        generate(tmp_path, rows=10, faults="typos")


def test_too_few_rows_for_the_leaks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="too few for leak"):
        generate(tmp_path, rows=200, mean_words=200, faults="leak_sibling", fault_share=0.3)


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    peaks: list[int] = []
    for rows in (100, 100, 500):  # the first one warms up
        tracemalloc.start()
        generate(tmp_path, rows=rows, mean_words=200, faults="bad_json,near_duplicate", fault_share=0.05)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < 2.5 * peaks[1]  # five times the rows
