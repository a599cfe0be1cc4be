"""The meter against known truth: 200 answers to ten judgments, written by hand, half with a reference planted."""

import json
from collections import Counter
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from nyay_lib.data.records import Record
from nyay_lib.evaluation.grounding import check_grounding
from nyay_lib.evaluation.hallucination import ground, ground_references, hallucination

FOLDER = Path(__file__).with_name("cases")


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


JUDGMENTS = {judgment["name"]: judgment["text"] for judgment in lines("judgments.jsonl")}
ANSWERS = lines("answers.jsonl")
NEXT = dict(zip(JUDGMENTS, islice(cycle(JUDGMENTS), 1, None), strict=False))


def unsupported(answer: dict[str, Any], reference: str = "") -> set[str]:
    found = check_grounding(answer["text"], JUDGMENTS[answer["judgment"]], "", reference).unsupported
    return {f"{one.kind} {one.canonical}" for one in found}


def precision_and_recall(reference_too: bool) -> tuple[float, float]:
    told = [(unsupported(one, one["text"] if reference_too else ""), set(one["planted"])) for one in ANSWERS]
    hits = sum(len(found & planted) for found, planted in told)
    return hits / sum(len(found) for found, _ in told), hits / sum(len(planted) for _, planted in told)


def test_half_of_200_answers_have_a_reference_of_some_kind_planted() -> None:
    kinds = Counter(reference.split()[0] for answer in ANSWERS for reference in answer["planted"])
    assert (len(ANSWERS), sum(bool(answer["planted"]) for answer in ANSWERS)) == (200, 100)
    assert set(kinds) == {"cnr", "neutral", "reporter", "case_number", "statute", "date", "money", "case_name"}


def test_what_is_planted_is_found_and_nothing_else() -> None:
    precision, recall = precision_and_recall(reference_too=False)
    print(f"unsupported class: precision {precision:.3f}, recall {recall:.3f}")
    assert min(precision, recall) >= 0.95


def test_a_reference_answer_that_says_the_same_excuses_nothing() -> None:
    assert precision_and_recall(reference_too=True) == precision_and_recall(reference_too=False)


def test_held_against_the_next_judgment_nearly_all_is_unsupported() -> None:
    foreign = [check_grounding(one["text"], JUDGMENTS[NEXT[one["judgment"]]]) for one in ANSWERS]
    by_sample = sum(bool(one.unsupported) for one in foreign) / len(foreign)
    by_reference = sum(len(one.unsupported) for one in foreign) / sum(len(one.classes) for one in foreign)
    print(f"shuffled sources: {by_sample:.1%} of answers, {by_reference:.1%} of references unsupported")
    assert min(by_sample, by_reference) > 0.8


def test_answers_without_a_reference_are_never_clean() -> None:
    records = [Record("row", "", JUDGMENTS["murder"], "Section 302 IPC.", "A", "summarization", {})] * 2
    silent = ["The appeal failed for want of proof.", "PW-3 was believed and the defence was not."]
    found = hallucination(ground(records, silent), ground_references(records))
    assert (found.answers, found.no_references, found.by_sample) == (2, 2, None)
