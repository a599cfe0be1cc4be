"""The invented cases: what the truth says of one stands in its text, and no two are alike."""

import math
import re
import statistics
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

from data.sample.generate import ACT_NAMES, HINDI_ACT_NAMES, MARK
from data.sample.generator.cases import CaseBook
from data.sample.generator.shingles import shingles
from nyay_lib.data.records import Record, read_records
from tests.data.sample.made import Made

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


def test_lengths_spread_around_the_mean_as_logarithms() -> None:
    lengths = [len(CaseBook(1, 1500).case(n).text.split()) for n in range(300)]
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
    book = CaseBook(11, 900)
    sets = [shingles(book.case(number).text) for number in range(160)]
    holders: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, runs in enumerate(sets):
        for run in runs:
            holders[run].append(number)
    common = Counter(pair for numbers in holders.values() for pair in combinations(numbers, 2))
    assert len(common) > 12_000  # all pairs, by the mark at the least
    assert max(n / (len(sets[one]) + len(sets[other]) - n) for (one, other), n in common.items()) < 0.35


def test_courts_subjects_outcomes_tasks_and_languages_vary(clean: Made) -> None:
    assert len({about["court"] for about in clean.truths}) >= 10
    assert len({about["outcome"] for about in clean.truths}) >= 8
    assert len({about["task_type"] for about in clean.truths}) == 4
    assert 0.01 < sum(about["language"] == "hi" for about in clean.truths) / len(clean.truths) < 0.12
    assert {about["fault"] for about in clean.truths} == {None}
