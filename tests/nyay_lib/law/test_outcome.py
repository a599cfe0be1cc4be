import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nyay_lib.law import classify_outcome

LINES = Path(__file__).with_name("cases").joinpath("outcomes.jsonl").read_text(encoding="utf-8").splitlines()
CASES = [json.loads(line) for line in LINES]
LABELS = {
    "allowed",
    "partly_allowed",
    "dismissed",
    "disposed",
    "remanded",
    "quashed",
    "acquitted",
    "convicted",
    "withdrawn",
    "unknown",
}
PIECES = [
    "The appeal ",
    "is ",
    "dismissed",
    " allowed",
    ". ",
    ", ",
    "; ",
    "if ",
    "had ",
    "not ",
    "counsel submits that ",
    "Outcome: ",
]
PIECES += [
    "No. 12 of 2020 ",
    "quashed",
    " and ",
    "\n",
    "## Order\n",
    "अपील ",
    "खारिज ",
    "की जाती है।",
    "निरस्त",
    "trial court ",
    "\ud800",
]
STORY = "The prosecution examined eleven witnesses and the record was called for. " * 60


def told(text: str) -> tuple[str, str]:
    outcome = classify_outcome(text)
    return outcome.label, outcome.polarity


@pytest.mark.parametrize("label", sorted(LABELS))
def test_tells_the_outcome_of_every_case_of_the_label(label):
    cases = [case for case in CASES if case["label"] == label]
    wrong = [
        f"{case['name']}: {case['text']!r} gave {told(case['text'])}, not {label}, {case['polarity']}"
        for case in cases
        if told(case["text"]) != (label, case["polarity"])
    ]
    print(f"{label:15}{len(cases):5} cases, {len(wrong)} wrong")
    assert not wrong, "\n".join(wrong)


def test_tells_the_same_at_the_end_of_a_judgment():
    wrong = [case["text"] for case in CASES if told(f"{STORY}\n\n{case['text']}")[0] != case["label"]]
    assert not wrong, "\n".join(wrong)


def test_there_are_cases_of_every_label():
    assert {case["label"] for case in CASES} == LABELS
    assert len({case["text"] for case in CASES}) == len(CASES) >= 480


def test_a_heading_is_read_before_the_end():
    text = f"Outcome: The appeal is dismissed.\n\nReasoning: {STORY}\n\nIn another matter the petition is allowed."
    assert classify_outcome(text).label == "dismissed"


def test_an_empty_heading_falls_through_to_the_end():
    assert classify_outcome(f"Outcome:\n\nReasoning: {STORY}\n\nThe petition is allowed.").label == "allowed"


def test_the_last_quarter_is_read_before_the_rest():
    assert classify_outcome(f"The earlier petition is quashed. {STORY} The appeal is dismissed.").label == "dismissed"


def test_all_is_read_where_the_end_is_silent():
    assert classify_outcome(f"The appeal is dismissed. {STORY}").label == "dismissed"


def test_matters_decided_differently_before_the_last_quarter_count():
    first, second = "Criminal Appeal No. 1 of 2020 is allowed.", "Criminal Appeal No. 2 of 2020 is dismissed."
    text = f"{STORY} {first} {'No costs. ' * 200} {second}"
    assert classify_outcome(text).label == "unknown"


def test_the_reason_is_the_phrase_that_was_read():
    assert "appeal is dismissed" in classify_outcome("For these reasons the appeal is dismissed.").reason


def test_a_state_that_moves_the_court_gains_by_a_conviction():
    moved = classify_outcome("The State's appeal succeeds. The respondent is convicted under Section 302.")
    assert (moved.label, moved.polarity) == ("convicted", "for")


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_no_text_raises(text):
    assert classify_outcome(text).label in LABELS


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_no_jumble_of_orders_raises(text):
    assert classify_outcome(text).label in LABELS
