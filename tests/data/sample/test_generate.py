"""The generator: the same bytes for the same seed, a truth that stands in the text, and faults as declared."""

import json
import math
import re
import statistics
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from data.sample import generate as module
from data.sample.generate import ACT_NAMES, FAULTS, HINDI_ACT_NAMES, LEAKS, MARK, generate
from nyay_lib.data.records import Fault, Record, read_records

ROOT = Path(__file__).parents[3]
FILES = ("train.jsonl", "val.jsonl")
READ_FAULTS = ("bad_utf8", "bad_json", "missing_field", "wrong_type", "empty_field", "unknown_task", "bad_cnr")
OUTCOME_WORDS = {
    "allowed": "is allowed|स्वीकार",
    "dismissed": "is dismissed|खारिज",
    "partly_allowed": "is partly allowed",
    "remanded": "remanded|प्रतिप्रेषित",
    "disposed": "is disposed of",
    "quashed": "quashed",
    "acquitted": "acquitted",
    "convicted": "is convicted",
    "withdrawn": "dismissed as withdrawn",
}


@dataclass(frozen=True)
class Made:
    """A generated folder: its lines, the truth about each, and the counts that were returned."""

    lines: dict[str, list[bytes]]
    truths: list[dict[str, Any]]
    counts: dict[str, Any]

    def line(self, about: dict[str, Any]) -> bytes:
        return self.lines[about["file"]][about["line"] - 1]

    def row(self, about: dict[str, Any]) -> dict[str, Any]:
        return json.loads(self.line(about))

    def named(self, id: str) -> dict[str, Any]:
        name, line = id.split(":")
        return json.loads(self.lines[name][int(line) - 1])

    def of_class(self, fault: str | None) -> list[dict[str, Any]]:
        return [about for about in self.truths if about["fault"] == fault]


def make(folder: Path, **options: Any) -> Made:
    counts = generate(folder, **options)
    lines = {name: (folder / name).read_bytes().split(b"\n")[:-1] for name in FILES}
    truths = [json.loads(line) for line in (folder / "truth.jsonl").read_bytes().splitlines()]
    return Made(lines, truths, counts)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("clean"), rows=600, seed=3, mean_words=700)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return make(tmp_path_factory.mktemp("faulty"), rows=1500, seed=4, mean_words=450, faults="all", fault_share=0.16)


def normal(text: str) -> list[str]:
    return text.split()


def similarity(one: str, other: str) -> float:
    return module.jaccard(module.shingles(one), module.shingles(other))


def test_the_same_seed_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    generate(tmp_path / "a", rows=300, seed=7, mean_words=250, faults="all", fault_share=0.1)
    options = ["--rows", "300", "--seed", "7", "--mean-words", "250", "--faults", "all", "--fault-share", "0.1"]
    command = [sys.executable, "data/sample/generate.py", str(tmp_path / "b"), *options]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env={"PYTHONHASHSEED": "5"})
    for name in (*FILES, "truth.jsonl"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_another_seed_gives_other_cases(tmp_path: Path) -> None:
    one, other = (make(tmp_path / str(seed), rows=60, seed=seed, mean_words=250) for seed in (1, 2))
    assert not {about["cnr"] for about in one.truths} & {about["cnr"] for about in other.truths}


def test_validation_takes_its_share_and_no_case_of_training(clean: Made) -> None:
    assert {name: len(lines) for name, lines in clean.lines.items()} == {"train.jsonl": 540, "val.jsonl": 60}
    training, validation = ({about["cnr"] for about in clean.truths if about["file"] == name} for name in FILES)
    assert not training & validation
    assert set(Counter(about["cnr"] for about in clean.truths).values()) == {2}


def test_lengths_spread_around_the_mean_as_logarithms() -> None:
    lengths = [len(module.CaseBook(1, 1500).case(n).text.split()) for n in range(300)]
    assert 0.85 < statistics.mean(lengths) / 1500 < 1.15
    assert 0.35 < statistics.stdev(math.log(length) for length in lengths) < 0.75


def test_clean_rows_are_accepted_by_the_reader_and_marked_as_fiction(clean: Made, tmp_path: Path) -> None:
    for name, lines in clean.lines.items():
        (tmp_path / name).write_bytes(b"\n".join(lines))
        for record in read_records(tmp_path / name):
            assert isinstance(record, Record)
            assert record.input.startswith(MARK)
            assert len(record.output.split()) >= 20


def test_every_statute_of_the_truth_stands_in_the_text(clean: Made) -> None:
    for about in clean.truths:
        text = clean.row(about)["input"]
        assert about["statutes"]
        for canonical in about["statutes"]:
            key, section = canonical.split(":", 1)
            names = [*ACT_NAMES.get(key, ())[::2], *HINDI_ACT_NAMES.get(key, ())[:1], "Constitution", "संविधान"]
            assert section.removeprefix("ART").split("R")[-1] in text
            assert any(name and name in text for name in names), canonical


def test_every_citation_and_case_of_the_truth_stands_in_the_text(clean: Made) -> None:
    for about in clean.truths:
        text = clean.row(about)["input"]
        assert len(about["citations"]) == len(about["case_names"]) >= 1
        for citation, name in zip(about["citations"], about["case_names"], strict=True):
            assert name in text.replace("v.", "v").replace(".", "").lower()
            assert all(part in text for part in re.findall(r"\d+", citation))


def test_the_order_at_the_end_and_the_answer_tell_the_true_outcome(clean: Made) -> None:
    for about in clean.truths:
        row = clean.row(about)
        words = OUTCOME_WORDS[about["outcome"]]
        assert re.search(words, row["input"].split("\n\n")[-1]), about
        told = row["output"].replace("was ", "is ").replace("allowed in part", "is partly allowed")
        assert re.search(words.replace("is ", "(?:is |and )*"), told), row["output"]


def test_every_number_of_an_answer_stands_in_the_judgment(clean: Made) -> None:
    for about in clean.truths:
        row = clean.row(about)
        missing = set(re.findall(r"\d[\d,]*", row["output"])) - set(re.findall(r"\d[\d,]*", row["input"]))
        assert not {number for number in missing if number.rstrip(",") not in row["input"]}, row["output"]


def test_clean_rows_hold_no_matter_that_must_stay_anonymous(clean: Made) -> None:
    sensitive = re.compile(
        r"Sections? [\d, and]*\b(?:376|354)|POCSO|[Jj]uvenile|prosecutrix|victim girl|rape|पीड़िता|पॉक्सो"
    )
    assert not any(sensitive.search(clean.row(about)["input"]) for about in clean.truths)


def test_two_cases_share_few_shingles() -> None:
    book = module.CaseBook(11, 900)
    sets = [module.shingles(book.case(number).text) for number in range(160)]
    assert max(module.jaccard(one, other) for one, other in combinations(sets, 2)) < 0.35


def test_courts_subjects_outcomes_tasks_and_languages_vary(clean: Made) -> None:
    assert len({about["court"] for about in clean.truths}) >= 10
    assert len({about["outcome"] for about in clean.truths}) >= 8
    assert len({about["task_type"] for about in clean.truths}) == 4
    assert 0.01 < sum(about["language"] == "hi" for about in clean.truths) / len(clean.truths) < 0.12
    assert {about["fault"] for about in clean.truths} == {None}


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
    for rows in (200, 200, 1000):  # the first one warms up
        tracemalloc.start()
        generate(tmp_path, rows=rows, mean_words=200, faults="bad_json,near_duplicate", fault_share=0.05)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < 2.5 * peaks[1]  # five times the rows
