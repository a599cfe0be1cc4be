"""The sample data: what build.py makes of the judgments, and what must hold of it."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from data.sample.build import FOLDER, build
from nyay_lib.data.records import TASK_TYPES, Record, read_records

MARK = "[Fictional judgment, written as sample data. Not a decision of any court.]"
RUN = 8
# A run of words may repeat where a provision is named.
PROVISION = re.compile(r"^(?:under|section|article|order|rule|[\divxlc()]+|of|the|and|in)$")
ACT = re.compile(r"\b(?:code|act|constitution|sanhita)\b")


@pytest.fixture(scope="module")
def judgments() -> list[dict[str, Any]]:
    paths = sorted((FOLDER / "judgments").glob("*.json"))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


@pytest.fixture(scope="module")
def splits() -> dict[str, list[Record]]:
    return {name: records(FOLDER / f"{name}.jsonl") for name in ("train", "val")}


def records(path: Path) -> list[Record]:
    found = list(read_records(path))
    assert all(isinstance(record, Record) for record in found)
    return [record for record in found if isinstance(record, Record)]


def runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[\w()]+", text.lower())
    return {tuple(words[n : n + RUN]) for n in range(len(words) - RUN + 1)}


def numbers(text: str) -> set[str]:
    return {found.replace(",", "").lstrip("0") for found in re.findall(r"\d+(?:,\d+)*", text)}


def names_a_provision(run: tuple[str, ...]) -> bool:
    return bool(ACT.search(" ".join(run))) and any(PROVISION.match(word) for word in run)


@pytest.mark.parametrize(("split", "name"), [("train", "train.jsonl"), ("validation", "val.jsonl")])
def test_the_files_are_what_the_judgments_make(split: str, name: str) -> None:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == build()[split]


def test_there_are_enough_judgments_of_two_records_each(judgments: list[dict[str, Any]]) -> None:
    assert len(judgments) >= 24
    assert {len(judgment["records"]) for judgment in judgments} == {2}
    assert {judgment["split"] for judgment in judgments} == {"train", "validation"}


def test_both_splits_hold_all_four_tasks(splits: dict[str, list[Record]]) -> None:
    for rows in splits.values():
        assert {record.task_type for record in rows} == set(TASK_TYPES)


def test_metadata_tell_the_truth_of_a_case(judgments: list[dict[str, Any]]) -> None:
    for judgment in judgments:
        assert judgment["outcome"] and judgment["polarity"] and judgment["disposal_nature"]
        assert judgment["statutes"] and judgment["court"] and re.fullmatch(r"\d{4}-\d\d-\d\d", judgment["date"])
        for name in ("citations", "case_names", "parties", "case_number", "language"):
            assert name in judgment


def test_every_statute_of_the_metadata_stands_in_the_judgment(judgments: list[dict[str, Any]]) -> None:
    for judgment in judgments:
        for canonical in judgment["statutes"]:
            section = canonical.rsplit(":", 1)[1].removeprefix("ART")
            base = re.match(r"O(\d+)R(\d+)|(\d+)", section)
            assert base is not None
            assert (base[2] or base[3]) in judgment["input"], (judgment["cnr"], canonical)


def test_a_case_number_belongs_to_one_judgment(judgments: list[dict[str, Any]]) -> None:
    assert max(Counter(judgment["cnr"] for judgment in judgments).values()) == 1


def test_validation_shares_no_case_with_training(splits: dict[str, list[Record]]) -> None:
    assert not {r.cnr for r in splits["train"]} & {r.cnr for r in splits["val"]}
    assert not {r.input for r in splits["train"]} & {r.input for r in splits["val"]}


def test_no_output_template_is_shared_with_training(splits: dict[str, list[Record]]) -> None:
    training, validation = ({run for r in splits[s] for run in runs(r.output)} for s in ("train", "val"))
    assert [run for run in training & validation if not names_a_provision(run)] == []


def test_some_judgments_are_in_hindi(judgments: list[dict[str, Any]]) -> None:
    hindi = [judgment for judgment in judgments if judgment["language"] == "hi"]
    assert len(hindi) >= 3
    for judgment in hindi:
        assert len(re.findall("[ऀ-ॿ]", judgment["input"])) > len(judgment["input"]) / 3


def test_the_lengths_differ_and_some_are_long(judgments: list[dict[str, Any]]) -> None:
    words = sorted(len(judgment["input"].split()) for judgment in judgments)
    assert words[0] < 450
    assert words[-5] > 2000


def test_every_number_of_an_output_stands_in_its_input(splits: dict[str, list[Record]]) -> None:
    for record in (*splits["train"], *splits["val"]):
        assert numbers(record.output) <= numbers(f"{record.input} {record.instruction}"), record.id


def test_every_input_says_that_it_is_fiction(splits: dict[str, list[Record]]) -> None:
    for record in (*splits["train"], *splits["val"]):
        assert record.input.startswith(MARK)
        assert record.metadata["fictional"] is True
