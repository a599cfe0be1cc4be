"""The planted faults: all are there, each shows in its row, and the truth names what they repeat."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from data.sample.generate import FAULTS, LEAKS
from data.sample.generator.shingles import jaccard, shingles
from nyay_lib.data.records import Fault, read_records
from tests.data.sample.made import Made

READ_FAULTS = ("bad_utf8", "bad_json", "missing_field", "wrong_type", "empty_field", "unknown_task", "bad_cnr")


def shows(pattern: str, *fields: str) -> Callable[[dict[str, Any]], bool]:
    expression = re.compile(pattern, re.IGNORECASE)
    return lambda row: any(expression.search(row[field]) for field in fields)


def repeats_itself(row: dict[str, Any]) -> bool:
    words = row["output"].split()
    return len(set(words)) < 0.35 * len(words)


SIGNS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "short_output": lambda row: len(row["output"].split()) < 20,
    "refusal": shows(r"I(?:'m| am| do|n order| can|'d)\b.*|एआई", "output"),
    "repetition": repeats_itself,
    "output_too_long": lambda row: len(row["output"].split()) > 4000,
    "exam_style": shows(r"answer|option|choice|\bans\b|true or false|उत्तर", "output"),
    "injection": shows(
        r"instructions|system prompt|<\||\[INST\]|Human:|###|[\u200b\u202e]|[A-Za-z0-9+/]{300}|<!--|निर्देश",
        "instruction",
        "input",
        "output",
    ),
    "mojibake": shows("â|Ã|Â|à¤|\ufffd", "input", "output"),
    "legacy_font": shows(r"U;k;|vkosnu|izdj|vfHk;|·¤", "input", "output"),
    "ocr_junk": lambda row: (
        sum(not word.isalnum() for word in row["input"].split()) > 0.2 * len(row["input"].split())
        or shows(r"c0urt|\bT h e\b|\bcrt\b|\bth\b.*\bf\b", "input")(row)
    ),
    "anonymity": shows("prosecutrix|victim|minor|nurse|juvenile|पीड़िता", "input"),
}


def normal(text: str) -> list[str]:
    return text.split()


def similarity(one: str, other: str) -> float:
    return jaccard(shingles(one), shingles(other))


def test_all_faults_are_planted_and_counted(faulty: Made) -> None:
    counted = Counter(about["fault"] or "clean" for about in faulty.truths)
    assert dict(counted) == faulty.counts["planted"]
    assert set(counted) == {*FAULTS, "clean"} - {"line_too_long"}
    assert min(counted.values()) >= 8
    assert sum(counted.values()) - counted["clean"] == 240


@pytest.mark.parametrize("fault", [name for name in FAULTS if name not in ("line_too_long", "leak_sibling")])
def test_each_class_has_at_least_five_forms(fault: str, faulty: Made) -> None:
    assert len(FAULTS[fault]) >= 5
    assert len({about["form"] for about in faulty.of_class(fault)}) >= 5


def test_the_reader_finds_the_faults_of_form_and_no_other(faulty: Made, tmp_path: Path) -> None:
    found: dict[str, str] = {}
    for name, lines in faulty.lines.items():
        (tmp_path / name).write_bytes(b"\n".join(lines))
        found |= {fault.id: fault.reason for fault in read_records(tmp_path / name) if isinstance(fault, Fault)}
    planted = {f"{a['file']}:{a['line']}": a["fault"] for a in faulty.truths if a["fault"] in READ_FAULTS}
    assert found == planted


@pytest.mark.parametrize("fault", SIGNS)
def test_a_planted_fault_shows_in_the_row(fault: str, faulty: Made) -> None:
    for about in faulty.of_class(fault):
        row = faulty.row(about)
        assert SIGNS[fault](row), (about["form"], row["output"][:300])
        assert fault == "short_output" or len(row["output"].split()) >= 20


def test_a_duplicate_says_the_same_as_an_earlier_row(faulty: Made) -> None:
    for about in faulty.of_class("duplicate"):
        [of] = about["of"]
        row, original = faulty.row(about), faulty.named(of)
        assert int(of.split(":")[1]) < about["line"]
        assert [normal(row[k]) for k in ("input", "output")] == [normal(original[k]) for k in ("input", "output")]


@pytest.mark.parametrize("fault", ["near_duplicate", "leak_near_duplicate"])
def test_a_near_duplicate_has_another_number_and_nearly_the_same_words(fault: str, faulty: Made) -> None:
    for about in faulty.of_class(fault):
        row, original = faulty.row(about), faulty.named(about["of"][0])
        assert row["metadata"]["cnr"] == about["cnr"] != original["metadata"]["cnr"]
        assert row["input"] != original["input"]
        assert 0.83 < similarity(row["input"], original["input"]) < 1


def test_a_leak_stands_in_training_and_names_its_rows_in_validation(faulty: Made) -> None:
    for about in (*faulty.of_class(LEAKS[0]), *faulty.of_class(LEAKS[1])):
        assert about["file"] == "train.jsonl"
        assert [of.split(":")[0] for of in about["of"]] == ["val.jsonl", "val.jsonl"]
        same = {faulty.named(of)["metadata"]["cnr"] for of in about["of"]} == {about["cnr"]}
        assert same == (about["fault"] == "leak_sibling")
    leaking = [of for fault in LEAKS for about in faulty.of_class(fault) for of in about["of"]]
    assert len(leaking) == len(set(leaking))


def test_an_unsupported_reference_stands_in_the_answer_alone(faulty: Made) -> None:
    for about in faulty.of_class("unsupported_reference"):
        row = faulty.row(about)
        last = re.split(r"\n|(?<=[a-z)\d])(?<! v)\. (?=[A-Z])|। ", row["output"])[-1]
        assert last.strip(". ") not in row["input"]
        assert re.search(r"\d|Zorawar", last)


def test_an_outcome_conflict_tells_two_outcomes(faulty: Made) -> None:
    against = re.compile(r"dismissed|withdrawn|खारिज", re.IGNORECASE)
    for about in faulty.of_class("outcome_conflict"):
        row = faulty.row(about)
        told, filed = (bool(against.search(text)) for text in (row["output"], row["metadata"]["disposal_nature"]))
        assert told != filed, (about["form"], row["output"], row["metadata"]["disposal_nature"])
