"""What is known of a run while it trains."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from nyay_lib.attempts import Attempt
from nyay_lib.jobs import (
    Canaries,
    Canary,
    Checkpointed,
    Event,
    Paused,
    Resumed,
    Started,
    Validated,
    Warned,
)
from nyay_lib.ladder import Rung
from nyay_lib.watch import Evaluations, Watch, read_history
from tests.nyay_lib.made import step_of


def new_watch(evaluations: Evaluations = Evaluations()) -> Watch:
    return Watch([Attempt(number=1, rung=Rung(micro_batch=4, accumulation=4), started=datetime.now(UTC))], evaluations)


def canaries(number: int, fault: str = "") -> Canaries:
    return Canaries(step=number, answers=(Canary(row=0, text="the", tokens=1, fault=fault),), seconds=3.0)


def seen(*events: Event) -> Watch:
    watch = new_watch()
    for event in events:
        watch.see(event)
    return watch


def test_a_step_that_is_trained_again_replaces_its_first_telling() -> None:
    watch = seen(Started(pid=1, device="CPU"), step_of(1, 3.0), step_of(2, 2.9), Checkpointed(step=1))
    for event in (Resumed(step=1), step_of(2, 2.8)):
        watch.see(event)
    assert [watch.steps[n].loss for n in (1, 2)] == [3.0, 2.8]
    assert (watch.attempts[-1].from_step, watch.attempts[-1].to_step) == (1, 2)
    assert watch.borders == [1]


def test_going_back_forgets_what_came_after() -> None:
    first = (step_of(1), Validated(step=1, loss=2.0), step_of(2), step_of(3), Validated(step=3, loss=1.0), canaries(3))
    watch = seen(*first, Resumed(step=2))
    assert (list(watch.steps), watch.validations, watch.canaries) == ([1, 2], {1: 2.0}, {})
    assert watch.latest == step_of(2) and watch.best == 1


def test_a_warning_that_is_given_again_after_a_resume_is_kept_once() -> None:
    assert seen(Warned(step=4, text="high"), Resumed(step=2), Warned(step=4, text="high")).warnings == ["high"]


def test_a_canary_that_goes_wrong_is_warned_of_once_and_the_base_never() -> None:
    fault = "repeats a few tokens over and over"
    assert seen(canaries(0, fault), canaries(4)).warnings == []
    told = seen(canaries(0), canaries(4, fault), canaries(8, fault)).warnings
    assert len(told) == 1 and f"step 4: the canary answer to validation row 1 {fault}" in told[0]


def test_speed_is_that_of_the_last_steps() -> None:
    assert new_watch().latest is None
    assert seen(*map(step_of, (1, 2, 3, 4))).tokens_per_second == pytest.approx(50.0)


def test_what_is_left_counts_evaluations_and_canaries() -> None:
    watch = new_watch(Evaluations(every=4, tokens=1000))
    watch.see(canaries(0))
    for number in range(1, 5):
        watch.see(step_of(number))
    # Untimed: half of what 1,000 tokens take in training, and the canaries; after steps 8 and 10.
    assert watch.seconds_left == pytest.approx(6 * 2 + 2 * (10 + 3))
    watch.see(Validated(step=4, loss=1.0, seconds=7.0))
    assert watch.seconds_left == pytest.approx(6 * 2 + 2 * (7 + 3))


@pytest.mark.parametrize(("every", "left"), [(0, 0), (4, 2), (5, 1), (100, 1)])
def test_an_evaluation_always_comes_at_the_end(every: int, left: int) -> None:
    assert Evaluations(every=every).left(5, 10) == left


def test_a_history_is_read_up_to_the_last_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text("".join(step_of(n).model_dump_json() + "\n" for n in (1, 2)) + '{"type":"st')
    assert list(read_history(path).steps) == [1, 2]
    assert read_history(tmp_path / "nothing").latest is None


def test_a_night_is_over_when_the_next_one_begins() -> None:
    watch = new_watch()
    watch.see(Paused(step=4))
    assert watch.paused
    watch.see(Started(pid=1, device="CPU"))
    assert not watch.paused
