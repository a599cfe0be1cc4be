"""The plan's figures, its choice for given hours, and what it warns of."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from nyay_lib.nights import Nights, parse_hours
from nyay_lib.planning.claims import claims
from nyay_lib.planning.nights import nights_needed
from nyay_lib.planning.plan import Plan
from nyay_lib.planning.planner import draw_up
from nyay_lib.reports.plan import plan_page, plan_tables
from tests.nyay_lib.planning.made import outlook

LENGTHS = [100 + 7 * i for i in range(100)]


def plan(memory_free: float = 32e9, **sections: object) -> Plan:
    return draw_up(outlook(LENGTHS, memory_free, **sections), "i", None)[0]


def test_the_arithmetic_of_a_plan() -> None:
    made = plan()
    assert (made.rows, made.epochs, made.steps, made.warmup_steps) == (100, 3, 21, 2)
    assert made.tokens_per_epoch == sum(LENGTHS) - 100 and made.tokens == 3 * made.tokens_per_epoch
    assert made.tokens < made.padded_tokens < 1.1 * made.tokens
    assert made.tokens_per_second == pytest.approx(made.tokens / made.rung.seconds)
    assert made.training_seconds > made.rung.seconds + 3.0 and made.evaluations == 1
    assert not made.is_reduced and made.fits and made.coverage == 3
    assert Plan.model_validate_json(made.model_dump_json()) == made


def test_epochs_go_first_and_the_schedule_ends_with_them() -> None:
    whole = plan()
    made = plan(time={"max_hours": 0.7 * whole.training_seconds / 3600})
    assert (made.rows, made.epochs, made.steps) == (100, 2, 14)
    assert made.warmup_steps == 1 and made.fits
    assert "leaves room for 2 of the 3 epochs" in made.reductions[0]


def test_less_than_an_epoch_is_warned_of_loudly() -> None:
    made = plan(time={"max_hours": 0.2 * plan().training_seconds / 3600})
    assert made.epochs == 1 and made.rows < 100 and made.rows % 16 == 0
    assert made.training_seconds <= made.max_hours * 3600 and not made.fits
    assert made.warnings[0].startswith(f"less than one epoch: only {made.rows} of 100 rows ({made.rows}%)")


def test_three_other_ways_are_proposed_where_the_hours_do_not_suffice() -> None:
    made = plan(time={"max_hours": 0.4 * plan().training_seconds / 3600})
    epochs, rows, length = made.alternatives
    assert (epochs.epochs, epochs.rows, epochs.fits) == (1, 100, True)
    assert rows.epochs == 3 and rows.rows < 50 and rows.coverage == pytest.approx(rows.rows * 3 / 100)
    assert length.length < 500 and length.tokens_kept < 0.7 and length.coverage == 3
    assert not plan().alternatives


def test_it_begins_where_memory_suffices_and_says_what_would_fit() -> None:
    large, small = plan(), plan(memory_free=1.9e9)
    assert str(large.rung.rung) == "4x4" and str(small.rung.rung) == "1x16"
    assert any("training begins with 1x16" in warning for warning in small.warnings)
    none = plan(memory_free=0.8e9)
    assert str(none.rung.rung) == "1x16, gradient checkpointing" and not none.fits
    assert "tokens would fit: set training.max_seq_length to" in none.would_fit
    assert "take a smaller model.name" in plan(memory_free=1e8).would_fit


def test_it_begins_no_higher_than_earlier_runs_teach() -> None:
    learned = draw_up(replace(outlook(LENGTHS), learned=1), "i", None)[0]
    assert str(learned.rung.rung) == "2x8"
    assert not any("would need" in warning for warning in learned.warnings)
    small = draw_up(replace(outlook(LENGTHS, 1.9e9), learned=1), "i", None)[0]
    assert str(small.rung.rung) == "1x16"


def test_nights_are_counted_with_the_base_loaded_anew_each() -> None:
    nights = Nights(parse_hours("21:00-07:00"), ZoneInfo("Asia/Kolkata"))
    noon = datetime(2026, 11, 26, 12, tzinfo=ZoneInfo("Asia/Kolkata"))
    assert nights_needed(9 * 3600, 60, nights, noon) == (1, datetime(2026, 11, 27, 6, 1, tzinfo=nights.zone))
    found = nights_needed(46 * 3600, 60, nights, noon.astimezone(UTC))
    assert found is not None and found[0] == 5 and found[1].hour == 3
    assert nights_needed(10, 36_000, nights, noon) is None


def test_what_the_answers_can_show() -> None:
    hallucination, accuracy = claims(200)
    assert (hallucination.fewest, hallucination.wrong_allowed) == (73, 3)
    assert accuracy.fewest == 12 and accuracy.wrong_allowed is not None and 30 < accuracy.wrong_allowed < 50
    assert claims(72)[0].wrong_allowed is None


def test_page_and_terminal_say_the_same() -> None:
    made = plan(time={"max_hours": 0.001, "train_between": "21:00-07:00"}, evaluation={"samples": 20})
    page = plan_page(made)
    assert all(f"**{warning}**" in page.markdown for warning in made.warnings)
    assert "| optimizer steps | 1 |" in page.markdown and "43 million tokens: 46 hours" in page.markdown
    assert {"figure": "optimizer steps", "value": 1} in page.table
    assert len(list(plan_tables(made))) == 2 + len(made.warnings) + page.markdown.count("## ")
