"""The gate against what serves now, on models made of answers and losses."""

from dataclasses import replace

import numpy as np
import pytest

from nyay_lib.config import GateConfig
from nyay_lib.evaluation.against_production import BETTER_AT, SAME, production_rows
from nyay_lib.evaluation.bench import Bench
from nyay_lib.evaluation.gains import gain
from nyay_lib.evaluation.losses import RowLoss
from nyay_lib.evaluation.verdict import Outcome, Verdict
from tests.nyay_lib.evaluation.made import (
    INVENTED,
    RIGHT,
    SILENT,
    TASKS,
    WRONG,
    against,
    make_bench,
    model,
    named,
    report_of,
)

BETTER = "better than production somewhere"


@pytest.fixture(scope="module")
def bench() -> Bench:
    return make_bench()


def blocked(verdict: Verdict) -> list[str]:
    assert not verdict.passed
    return named(verdict.blocking)


def mostly(say: str, else_say: str, every: int = 2):
    """Says one thing, and another on every so many judgments."""
    return lambda number, task: else_say if number % every == 0 else say


def test_a_model_against_itself_is_never_released(bench: Bench) -> None:
    it = model(bench, mostly(RIGHT, WRONG))
    verdict = against(bench, it, it, same="w")
    assert blocked(verdict) == [SAME, BETTER]
    assert verdict.rows[0].reason == "tensors w, in production w"


def test_another_file_of_the_same_worth_is_not_better(bench: Bench) -> None:
    it = model(bench, mostly(RIGHT, WRONG))
    assert blocked(against(bench, it, it)) == [BETTER]


def test_a_model_that_is_better_somewhere_and_worse_nowhere_passes(bench: Bench) -> None:
    champion = model(bench, mostly(RIGHT, WRONG))
    assert against(bench, model(bench), champion).passed
    lower_loss = model(bench, mostly(RIGHT, WRONG), lambda number, task: 0.9 + number % 3 / 100)
    assert against(bench, lower_loss, champion).passed


def test_better_on_the_mean_and_much_worse_on_one_task_is_held_back_by_that_row(bench: Bench) -> None:
    champion = model(bench, mostly(WRONG, RIGHT, 4), lambda number, task: 1.0)
    ours = model(
        bench,
        lambda number, task: RIGHT if task == TASKS[0] else WRONG,
        lambda number, task: 0.5 if task == TASKS[0] else 1.1,
    )
    verdict = against(bench, ours, champion)
    rows = [f"no worse than production: {metric}, summarization" for metric in ("validation loss", "legal accuracy")]
    assert blocked(verdict) == rows
    assert all("it is worse" in row.reason for row in verdict.blocking)
    assert next(row for row in verdict.rows if row.name == BETTER).outcome is Outcome.PASS


def test_silence_does_not_win(bench: Bench) -> None:
    champion = model(bench, mostly(RIGHT, INVENTED))
    quiet = model(bench, lambda number, task: SILENT, lambda number, task: 0.5)
    assert blocked(against(bench, quiet, champion)) == ["no worse than production: grounded answers"]


def test_speaking_where_the_champion_was_silent_does_not_excuse_invention(bench: Bench) -> None:
    champion = model(bench, mostly(RIGHT, SILENT))
    bold = model(bench, mostly(RIGHT, INVENTED, 3), lambda number, task: 0.5)
    assert "no worse than production: hallucination" in blocked(against(bench, bold, champion))


def test_a_difference_that_is_not_shown_is_not_taken_for_none(bench: Bench) -> None:
    champion, ours = model(bench, mostly(RIGHT, WRONG, 3)), model(bench, mostly(RIGHT, WRONG, 4), lambda *_: 0.5)
    row = next(row for row in against(bench, ours, champion).rows if row.name.endswith("accuracy, summarization"))
    assert row.outcome is Outcome.MISSED and "not shown to be no worse; more evaluation.samples" in row.reason
    assert row.measured.startswith("+") and row.interval.startswith("-")
    assert against(bench, ours, champion, GateConfig(margin=0.2)).passed


def test_a_handful_of_judgments_measures_nothing() -> None:
    few = make_bench(9)
    verdict = against(few, model(few, loses=lambda number, task: 0.5), model(few, mostly(RIGHT, WRONG)))
    assert {row.outcome for row in verdict.blocking} == {Outcome.NOT_MEASURED}
    assert "9 judgments can tell, gate.judgments asks for 10" in verdict.blocking[0].reason
    assert against(few, model(few), model(few, mostly(RIGHT, WRONG)), GateConfig(judgments=9)).passed


def test_where_nobody_knows_a_right_answer_the_loss_of_the_task_stands_alone(bench: Bench) -> None:
    blind = replace(bench, decidable=frozenset((TASKS[0],)))
    rows = named(against(blind, model(blind), model(blind)).rows)
    assert "no worse than production: legal accuracy, summarization" not in rows
    assert "no worse than production: validation loss, summarization" in rows


def test_a_text_that_is_cut_into_more_tokens_is_not_better_foretold_for_that(bench: Bench) -> None:
    champion = model(bench, mostly(RIGHT, WRONG))
    finer = replace(champion, losses=[RowLoss(1.6 * loss.nll, 2 * loss.tokens) for loss in champion.losses])
    found = gain(bench, finer, champion, "validation loss")
    assert found is not None and found.estimate == pytest.approx(-0.3)
    assert f"no worse than production: validation loss, {TASKS[0]}" in blocked(against(bench, finer, champion))


def test_without_a_model_in_production_there_is_nothing_to_beat(bench: Bench) -> None:
    it = model(bench)
    [row] = production_rows(GateConfig(), report_of(bench, {"base": it, "this model": it}), bench, it, None)
    assert (row.required, row.outcome, row.reason) == (False, Outcome.NOT_MEASURED, "no model is in production")


def test_a_file_that_is_gone_is_not_beaten(bench: Bench) -> None:
    it = model(bench)
    report = report_of(bench, {"base": it, "this model": it}).model_copy(update={"production_run": "first"})
    [row] = production_rows(GateConfig(), report, bench, it, None)
    assert (row.required, row.outcome) == (True, Outcome.NOT_MEASURED) and "run first" in row.reason


def test_luck_makes_no_better_model_more_often_than_one_time_in_twenty() -> None:
    bench, random = make_bench(20), np.random.default_rng(1)
    it = model(bench)

    def lucky() -> bool:
        drawn = ([RowLoss(float(nll), 10) for nll in random.normal(10, 1, len(bench.records))] for _ in range(2))
        first, second = (replace(it, losses=losses) for losses in drawn)
        found = gain(bench, first, second, "validation loss", confidence=1 - 0.05 / len(BETTER_AT))
        return found is not None and found.lower > 0

    assert sum(lucky() for _ in range(100)) <= 5
