"""Grounding by cases: an answer, its source, instruction and reference answer, and the class of each reference."""

import json
from collections import Counter
from pathlib import Path

from nyay_lib.evaluation.grounding import UNSUPPORTED, check_grounding
from nyay_lib.law import Reference

LINES = Path(__file__).with_name("cases").joinpath("grounding.jsonl").read_text(encoding="utf-8").splitlines()
CASES = [json.loads(line) for line in LINES]
TEXTS = ("generated", "source", "instruction", "reference")


def found(case: dict[str, str]) -> dict[str, str]:
    classes = check_grounding(*(case[text] for text in TEXTS)).classes
    return {f"{reference.kind} {reference.canonical}": support for reference, support in classes.items()}


def listed(references: list[Reference]) -> list[str]:
    return [f"{reference.kind} {reference.canonical}" for reference in references]


def sorted_of(case: dict[str, dict[str, str]], wanted: frozenset[str]) -> list[str]:
    chosen = (name for name, support in case["classes"].items() if support in wanted)
    return sorted(chosen, key=lambda name: tuple(name.split(" ", 1)))


def test_every_reference_of_every_case_has_its_class() -> None:
    wrong = [
        f"{case['name']}: {found(case)}, not {case['classes']}" for case in CASES if found(case) != case["classes"]
    ]
    table = Counter(support for case in CASES for support in case["classes"].values() or ["no_references"])
    print("\n".join(f"{support:15}{count:5}" for support, count in table.most_common()))
    assert not wrong, "\n".join(wrong)


def test_the_lists_of_every_case_are_sorted_by_kind_and_canonical() -> None:
    for case in CASES:
        grounding = check_grounding(*(case[text] for text in TEXTS))
        assert listed(grounding.unsupported) == sorted_of(case, UNSUPPORTED), case["name"]
        assert listed(grounding.derived) == sorted_of(case, frozenset({"derived"})), case["name"]
        assert grounding.no_references == (not case["classes"]), case["name"]


def test_there_are_cases_of_every_class() -> None:
    classes = {support for case in CASES for support in case["classes"].values()}
    assert classes == {"supported", "supported_base", "derived", "reference_only", "unsupported", "invalid"}
    assert len(CASES) >= 130
