"""Slow training is told once for each stretch, with what computes."""

from datetime import UTC, datetime

from nyay_lib.attempts import Attempt
from nyay_lib.jobs import Started, Warned
from nyay_lib.ladder import Rung
from nyay_lib.slow_training import FEWEST_STEPS, SlowWatch
from nyay_lib.watch import SPEED_WINDOW, Watch
from tests.nyay_lib.made import step_of


def told(speeds: list[float], expected: float | None = 100.0, device: str = "Metal (arm64)") -> list[str]:
    """Warnings of a run whose steps have these speeds."""
    watch = Watch([Attempt(number=1, rung=Rung(micro_batch=1, accumulation=1), started=datetime.now(UTC))])
    watch.see(Started(pid=1, device=device))
    slow, found = SlowWatch(expected), list[Warned | None]()
    for number, speed in enumerate(speeds, start=1):
        event = step_of(number, total=len(speeds), seconds=100 / speed)
        watch.see(event)
        found.append(slow.see(event, watch))
    return [warned.text for warned in found if warned]


def test_half_the_speed_is_told_once_with_both_figures_and_the_device() -> None:
    (text,) = told([40.0] * 30)
    assert f"step {FEWEST_STEPS}" in text and "40 tokens/s" in text and "100 were planned" in text
    assert "MLX uses the GPU: Metal (arm64)" in text
    assert "MLX uses no GPU: CPU" in told([40.0] * 30, device="CPU (x86_64, 2 cores)")[0]


def test_a_speed_as_planned_is_not_told_nor_one_that_nobody_measured() -> None:
    assert told([60.0] * 30) == [] and told([1.0] * 30, expected=None) == []


def test_a_second_stretch_is_told_again() -> None:
    assert len(told([20.0] * SPEED_WINDOW + [100.0] * SPEED_WINDOW + [20.0] * SPEED_WINDOW)) == 2


def test_the_first_steps_may_be_slow() -> None:
    assert told([10.0] + [100.0] * (FEWEST_STEPS - 1) + [100.0] * 20)[1:] == []
