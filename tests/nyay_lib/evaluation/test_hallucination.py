"""The hallucination rates by hand, and the controls that keep them honest."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nyay_lib.data.records import Record, read_records
from nyay_lib.evaluation.controls import lead, lead_length, measure_controls, shuffled_control
from nyay_lib.evaluation.hallucination import (
    foreign_sources,
    ground,
    ground_references,
    hallucination,
)
from nyay_lib.evaluation.measures import measure, read_questions, score_answers

SOURCE = "He was tried under Sections 302 and 201 of the Indian Penal Code. See 2023 INSC 456. The appeal is dismissed."
TWO = "Sections 302 and 201 IPC apply."
cases = st.lists(st.sampled_from("ABCDEFGH"), max_size=30)


def record(answer: str = TWO, source: str = SOURCE, cnr: str = "A", task: str = "summarization") -> Record:
    return Record("row", "Summarize this judgment.", source, answer, cnr, task, {})


def rates(*answers: str):
    records = [record()] * len(answers)
    return hallucination(ground(records, answers), ground_references(records))


def test_the_rates_are_counted_by_reference_and_by_sample() -> None:
    found = rates("Section 302 IPC.", "Sections 302, 307 and 420 IPC.", "Section 201 IPC and 2023 INSC 999.")
    assert (found.answers, found.references, found.unsupported, found.answers_with_unsupported) == (3, 6, 3, 2)
    assert found.by_reference is not None and found.by_reference.estimate == 0.5
    assert found.by_sample is not None and found.by_sample.estimate == pytest.approx(2 / 3)


def test_a_silent_answer_is_never_clean() -> None:
    found = rates("Section 307 IPC.", "He was rightly convicted.", "")
    assert found.no_references == 2
    assert found.by_sample is not None and found.by_sample.estimate == 1
    assert found.of_all_answers is not None and found.of_all_answers.estimate == pytest.approx(1 / 3)


def test_silence_throughout_is_not_measured() -> None:
    found = rates("He was rightly convicted.", "")
    assert found.by_sample is None and found.by_reference is None
    assert found.recall is not None and found.recall.estimate == 0


def test_no_answers_are_not_measured() -> None:
    found = rates()
    assert found.by_sample is None and found.recall is None


def test_recall_counts_what_should_have_been_named() -> None:
    found = rates("Section 302 IPC.", TWO, "2023 INSC 456.")
    assert (found.wanted, found.recalled) == (6, 3)


def test_what_the_reference_answer_invented_is_not_wanted() -> None:
    records = [record("Sections 302 and 420 IPC.")]
    found = hallucination(ground(records, ["Section 302 IPC."]), ground_references(records))
    assert found.recall is not None and found.recall.estimate == 1


def test_the_reference_answer_excuses_nothing() -> None:
    records = [record("Section 420 IPC.")]
    found = hallucination(ground(records, ["Section 420 IPC."]), ground_references(records))
    assert (found.unsupported, found.wanted) == (1, 0)


def test_50_clean_answers_do_not_claim_the_target() -> None:
    found = rates(*["Section 302 IPC."] * 50).by_sample
    assert found is not None and found.estimate == 0 and not found.is_below(0.05)


@given(cases, st.integers(0, 1000))
def test_no_row_keeps_the_judgment_of_its_own_case(cnrs: list[str], seed: int) -> None:
    rows = foreign_sources(cnrs, seed)
    if len(set(cnrs)) < 2:
        assert rows is None
    else:
        assert rows is not None and all(cnrs[row] != cnr for row, cnr in zip(rows, cnrs, strict=True))


@given(cases.filter(lambda cnrs: len(set(cnrs)) > 1), st.integers(0, 1000))
def test_the_pairs_of_cases_do_not_depend_on_the_order_of_rows(cnrs: list[str], seed: int) -> None:
    forth, back = foreign_sources(cnrs, seed), foreign_sources(cnrs[::-1], seed)
    assert forth is not None and back is not None
    backwards = cnrs[::-1]
    pairs = [{(cnr, order[row]) for cnr, row in zip(order, rows, strict=True)} for order, rows in
             ((cnrs, forth), (backwards, back))]  # fmt: skip
    assert pairs[0] == pairs[1]


def test_other_seeds_give_other_pairs() -> None:
    assert len({tuple(foreign_sources("ABCDEF", seed) or ()) for seed in range(20)}) > 5


def test_a_single_case_allows_no_shuffling() -> None:
    assert shuffled_control([record(), record()], [TWO, TWO], seed=0) is None


def test_an_answer_held_against_a_foreign_judgment_is_unsupported() -> None:
    records = [record(), record(source="Section 138 of the Negotiable Instruments Act governs.", cnr="B")]
    found = shuffled_control(records, [TWO, "Section 138 NI Act."], seed=0)
    assert found is not None and found.answers_with_unsupported == 2 and found.unsupported == 3


def test_the_lead_is_the_first_words_of_the_judgment_in_its_lines() -> None:
    judgment = record(source="IN THE COURT\n\n1. He was   tried under Section 302.")
    assert lead(judgment, 5) == "IN THE COURT\n\n1. He"
    assert lead(judgment, 100) == "IN THE COURT\n\n1. He was tried under Section 302."


def test_the_lead_is_as_long_as_the_reference_answers() -> None:
    assert lead_length(["one two three", "one"]) == 2
    assert lead_length([]) == 1


def sample() -> list[Record]:
    folder = Path("data/sample")
    found = [row for name in ("train", "val") for row in read_records(folder / f"{name}.jsonl")]
    return [row for row in found if isinstance(row, Record)]


def test_on_the_sample_the_meter_sees_invention_and_acquits_the_references() -> None:
    questions = read_questions(sample())
    found = measure_controls(questions, seed=0, resamples=200)
    floor = found.reference.hallucination
    assert (floor.answers, floor.unsupported, floor.recalled) == (56, 0, floor.wanted)
    assert all(mean is not None and mean.estimate == pytest.approx(1) for mean in found.reference.rouge.values())
    assert found.meter_works is True
    assert found.majority is not None and found.majority.label == "allowed"
    lead_accuracy, reference_accuracy = found.lead.accuracy.share, found.reference.accuracy.share
    assert lead_accuracy is not None and reference_accuracy is not None
    assert lead_accuracy.estimate < 0.1 < 0.9 < reference_accuracy.estimate


@pytest.mark.parametrize("seed", range(5))
def test_the_shuffled_control_of_the_sample_is_above_80_percent_whatever_the_seed(seed: int) -> None:
    records = sample()
    found = shuffled_control(records, [row.output for row in records], seed)
    assert found is not None and found.by_sample is not None and found.by_reference is not None
    assert min(found.by_sample.estimate, found.by_reference.estimate) > 0.8


def test_figures_by_task_add_up_to_the_whole_and_repeat() -> None:
    records = sample()[:16]
    questions = read_questions(records)
    scored = score_answers(questions, [row.output[: len(row.output) // 2] for row in records])
    whole = measure(questions, scored, seed=3, resamples=100)
    names = {record.task_type for record in records}
    tasks = {name: measure(questions, scored, seed=3, task=name, resamples=100) for name in names}
    assert sum(part.rows for part in tasks.values()) == whole.rows == 16
    assert sum(part.accuracy.covered for part in tasks.values()) == whole.accuracy.covered
    assert sum(part.hallucination.references for part in tasks.values()) == whole.hallucination.references
    assert measure(questions, scored, seed=3, resamples=100) == whole


def test_each_row_needs_one_answer() -> None:
    with pytest.raises(ValueError):
        score_answers(read_questions([record()]), [])
