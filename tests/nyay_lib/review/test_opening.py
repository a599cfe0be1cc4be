"""A review is opened blind, and goes on with what was opened."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from nyay_lib.errors import EvaluationError
from nyay_lib.evaluation.sheets import SHEETS
from nyay_lib.review.opening import Opened, open_review, read_key
from nyay_lib.runs import RunDir
from tests.nyay_lib.review.conftest import JUDGMENT, NOW, gguf

MakeRun = Callable[..., RunDir]


def test_a_sheet_holds_the_whole_judgment_and_both_answers(opened: Opened, run: RunDir) -> None:
    key, answers = read_key(run), {sheet.id: sheet for sheet in SHEETS.validate_json(run.sheets.read_bytes())}
    for sheet in opened.sheets:
        row = answers[key[sheet.id].row]
        told = {"this model": row.answer, **row.others}
        assert (sheet.answer_a, sheet.answer_b) == (told[key[sheet.id].a], told[key[sheet.id].b])
        assert (sheet.judgment, sheet.question) == (JUDGMENT, row.question)


def test_nothing_on_the_sheets_tells_whose_answer_is_whose(opened: Opened, run: RunDir) -> None:
    told = run.blind_sheets.read_text()
    assert not any(word in told for word in ("this model", "production", 'base"', "unsupported", "val.jsonl"))


def test_either_answer_may_be_first(make_evaluated: MakeRun) -> None:
    run = make_evaluated("many")
    open_review(run, 16, None, NOW)
    assert {key.a for key in read_key(run).values()} == {"this model", "production"}


def test_without_production_the_other_is_the_base(make_evaluated: MakeRun) -> None:
    run = make_evaluated("first", production=False)
    open_review(run, None, None, NOW)
    assert {who for key in read_key(run).values() for who in (key.a, key.b)} == {"this model", "base"}


def test_what_was_shortened_is_chosen(opened: Opened, run: RunDir) -> None:
    assert read_key(run)[opened.sheets[0].id].row == "val.jsonl:3"


def test_opened_again_it_keeps_its_sheets_and_a_deadline_that_is_ahead(opened: Opened, run: RunDir) -> None:
    assert opened.deadline == NOW + timedelta(hours=72)
    assert open_review(run, None, None, NOW + timedelta(hours=1)) == opened
    later = open_review(run, None, None, NOW + timedelta(hours=73))
    assert (later.sheets, later.deadline) == (opened.sheets, NOW + timedelta(hours=145))
    assert open_review(run, None, 2, NOW).deadline == NOW + timedelta(hours=2)


def test_more_answers_may_be_asked_for(opened: Opened, run: RunDir) -> None:
    more = open_review(run, 12, None, NOW)
    assert len(more.sheets) == 12 and set(opened.sheets) < set(more.sheets)


def test_another_file_of_the_run_is_another_review(opened: Opened, run: RunDir) -> None:
    gguf("made anew").save(run.result("quantize"))
    assert not {sheet.id for sheet in opened.sheets} & {sheet.id for sheet in open_review(run, None, None, NOW).sheets}


def test_a_run_without_answers_is_refused(run: RunDir) -> None:
    run.sheets.unlink()
    with pytest.raises(EvaluationError, match="run 'demo' has no answers to judge; run it to its end first"):
        open_review(run, None, None, NOW)


def test_a_damaged_file_is_named(opened: Opened, run: RunDir) -> None:
    run.blind_sheets.write_text("{")
    with pytest.raises(EvaluationError, match=r"sheets.json: is damaged .* to begin anew"):
        open_review(run, None, None, NOW)
    assert not run.opinions.exists()
