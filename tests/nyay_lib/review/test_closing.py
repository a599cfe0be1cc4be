"""What was said is put to the key, and whose turn is next."""

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import EvaluationError
from nyay_lib.evaluation.review import Review, Reviewed, read_review, review_rows
from nyay_lib.evaluation.verdict import Outcome, Row
from nyay_lib.review.closing import close_review, count_review, find_run, is_asked_about, is_over
from nyay_lib.review.opening import Opened, read_key
from nyay_lib.review.opinions import keep, open_sheets, read_opinions
from nyay_lib.runs import RunDir
from tests.nyay_lib.review.conftest import NOW, opinion

MakeRun = Callable[..., RunDir]
REQUIRED = PipelineConfig.model_validate({"review": {"required": True}})


def judge_all(run: RunDir, opened: Opened, *, ours: bool, theirs: bool) -> None:
    key = read_key(run)
    first = {sheet.id: key[sheet.id].a == "this model" for sheet in opened.sheets}
    keep(run, [opinion(name, *(ours, theirs) if is_first else (theirs, ours)) for name, is_first in first.items()])


def required_row(review: Review | None) -> Row:
    return next(iter(review_rows(REQUIRED, "demo", review)))


def test_an_opinion_is_kept_as_it_comes_and_the_next_sheet_follows(opened: Opened, run: RunDir) -> None:
    for number, sheet in enumerate(opened.sheets[:3]):
        assert open_sheets(run, opened)[0] == sheet
        assert keep(run, [opinion(sheet.id)]) == 1
        assert len(open_sheets(run, opened)) == len(opened.sheets) - number - 1
    assert list(read_opinions(run)) == [sheet.id for sheet in opened.sheets[:3]]


def test_a_later_opinion_takes_the_earlier_ones_place_and_the_same_is_not_new(opened: Opened, run: RunDir) -> None:
    name = opened.sheets[0].id
    keep(run, [opinion(name)])
    assert (keep(run, [opinion(name)]), keep(run, [opinion(name, a=False)])) == (0, 1)
    assert not read_opinions(run)[name].a.approved


def test_the_key_tells_whose_answers_were_approved(opened: Opened, run: RunDir) -> None:
    judge_all(run, opened, ours=True, theirs=False)
    review = close_review(run, opened)
    assert (review.count(), review.is_complete) == ((8, 8), True)
    assert review.compared == "approved of this model 8 of 8, of production 0 of 8"
    assert read_review(run, "demo") == review


def test_what_was_said_of_another_file_does_not_count(opened: Opened, run: RunDir) -> None:
    close_review(run, opened)
    assert read_review(run, "another") is None


def test_until_all_is_judged_nothing_is_measured(opened: Opened, run: RunDir) -> None:
    keep(run, [opinion(sheet.id) for sheet in opened.sheets[:3]])
    row = required_row(count_review(run, opened))
    assert (row.outcome, row.required) == (Outcome.NOT_MEASURED, True)
    assert "3 of 8 answers are judged at the deadline, 2026-01-08 17:30 IST; to go on, start" in row.reason
    assert not is_over(run, opened, NOW) and is_over(run, opened, NOW + timedelta(hours=72))


def test_a_release_that_waits_says_what_to_do() -> None:
    row = required_row(None)
    assert row.outcome is Outcome.NOT_MEASURED
    assert row.reason.startswith("waits for human review: start `prefect deployment run review-nyay/local")
    assert "`nyay review export demo answers.csv`" in row.reason
    assert list(review_rows(PipelineConfig(), "demo", None)) == []


@pytest.mark.parametrize(("approved", "outcome"), [(12, Outcome.PASS), (6, Outcome.PASS), (2, Outcome.MISSED)])
def test_what_lawyers_surely_disapprove_of_is_held_back(approved: int, outcome: Outcome) -> None:
    answers = [Reviewed(id=str(n), task_type="summarization", approved=n < approved) for n in range(12)]
    assert required_row(Review(answers=tuple(answers))).outcome is outcome


def test_a_run_is_asked_about_until_all_is_judged_or_the_deadline(opened: Opened, run: RunDir) -> None:
    assert is_asked_about(run, NOW) and not is_asked_about(run, opened.deadline)
    judge_all(run, opened, ours=True, theirs=True)
    assert not is_asked_about(run, NOW)


def test_the_newest_run_that_waits_comes_first_then_the_newest_that_none_judged(
    make_evaluated: MakeRun, opened: Opened, run: RunDir
) -> None:
    newer = make_evaluated("newer", binding=False)
    for age, one in enumerate((run, newer)):
        os.utime(one.result("quantize"), (age, age))
    assert find_run(run.root.parent, "") == run
    judge_all(run, opened, ours=True, theirs=True)
    close_review(run, opened)
    assert find_run(run.root.parent, " ") == newer
    assert find_run(run.root.parent, "demo") == run


def test_without_any_run_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="no run was evaluated; name a run, or train one"):
        find_run(tmp_path, "")


def test_a_run_of_another_version_does_not_keep_others_from_being_judged(run: RunDir) -> None:
    for name, path in (("config", "config.json"), ("result", "jobs/quantize/result.json")):
        other = shutil.copytree(run.root, run.root.parent / f"other-{name}")
        (other / path).write_text('{"other": 1}')
    assert find_run(run.root.parent, "") == run
