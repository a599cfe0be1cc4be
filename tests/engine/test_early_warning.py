"""What is stopped, what is warned of, and what is let on."""

import math
import random

import pytest

from nyay_lib.engine.early_warning import (
    MOST_STRETCHES,
    check_divergence,
    high_loss,
    is_looked_back_on,
    overfits,
)
from nyay_lib.errors import NyayError
from tests.engine.trends import trend_of


def scattered(*means: float, scatter: float = 0.25, seed: int = 0) -> list[float]:
    """Losses about their means, as those of steps over a few rows are."""
    chance = random.Random(seed)
    return [max(0.0, mean + chance.gauss(0, scatter)) for mean in means]


def falling(steps: int, start: float = 2.5, end: float = 0.8) -> list[float]:
    return [end + (start - end) * math.exp(-4 * step / steps) for step in range(steps)]


def stopped_at(losses: list[float]) -> int | None:
    """The step at which a run with these losses is stopped."""
    trend = trend_of([])
    for step, loss in enumerate(losses, start=1):
        trend = trend.after(loss)
        try:
            check_divergence(trend, step, 2e-4)
        except NyayError:
            return step
    return None


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("scatter", [0.1, 0.3, 0.5])
def test_losses_that_scatter_as_they_fall_are_let_on(scatter: float, seed: int) -> None:
    assert stopped_at(scattered(*falling(600), scatter=scatter, seed=seed)) is None


def test_single_steps_far_above_the_rest_are_let_on() -> None:
    assert stopped_at([12.0 if step % 8 == 3 else 1.2 for step in range(100)]) is None


@pytest.mark.parametrize(
    ("losses", "onset"),
    [
        ([4.0, 4.6, 9.1, 11.2, 18.9, 52.5, 29.0, 13.1, *[12.0] * 40], 1),  # from the first step
        ([2.4, 10.8, *[10.82] * 60], 2),  # at once to guessing, and flat there: ln(49,152) = 10.8
        (scattered(*falling(200), *[3.1] * 60), 200),  # after warm-up, to no more than the base had
        (scattered(*falling(200), *[10.8] * 60), 200),
        (scattered(*falling(100, end=0.2), *[1.6] * 60), 100),
    ],
)
def test_losses_that_rise_are_stopped_within_fifty_steps(losses: list[float], onset: int) -> None:
    stopped = stopped_at(losses)
    assert stopped is not None and onset < stopped <= onset + 50


def test_a_slow_rise_is_stopped_once_it_is_plain() -> None:
    slow = [1.0 + 0.01 * step for step in range(300)]
    assert stopped_at([*falling(200, end=1.0), *slow]) == pytest.approx(200 + 110, abs=15)


def test_the_message_proposes_a_lower_rate_in_one_line() -> None:
    with pytest.raises(NyayError) as error:
        check_divergence(trend_of([1.2] * 8 + [4.5] * 8), 16, 2e-4)
    assert str(error.value) == (
        "step 16: training diverges, its loss has risen from 1.200 (the lowest 8 steps) to 4.500 (the last 8 steps). "
        "Train with training.learning_rate 5e-05 in place of 0.0002, or with a lower lora.alpha"
    )


def test_a_trend_stays_small_however_long_the_run() -> None:
    losses = falling(20_000)
    trend = trend_of(losses)
    assert len(trend.stretches) < MOST_STRETCHES and len(trend.rest) < trend.length <= 20_000 / MOST_STRETCHES * 2
    assert trend.stretches[0] == pytest.approx(sum(losses[: trend.length]) / trend.length)


@pytest.mark.parametrize(("worse", "patience", "end"), [(2, 3, False), (3, 3, True), (9, 0, False)])
def test_training_ends_when_patience_does(worse: int, patience: int, end: bool) -> None:
    assert overfits(worse, patience) is end


@pytest.mark.parametrize(("total", "epochs", "steps"), [(30, 3, [10, 15]), (15, 1, [7]), (20, 2, [10]), (1, 1, [])])
def test_the_loss_is_judged_after_the_first_epoch_and_at_half(total: int, epochs: int, steps: list[int]) -> None:
    assert [step for step in range(1, total + 1) if is_looked_back_on(step, total, epochs)] == steps


def test_a_high_loss_that_no_longer_falls_is_told_with_a_lower_rate() -> None:
    told = high_loss(trend_of(scattered(*falling(200, end=1.6), *[1.6] * 250, scatter=0.1)), 450, 1350, 3, 2e-4)
    assert told and "stands at 1.6" in told and "training.learning_rate 0.0001 in place of 0.0002" in told


def test_a_loss_that_falls_too_slowly_is_told_with_more_epochs() -> None:
    told = high_loss(trend_of(scattered(*[4 - 0.002 * n for n in range(450)], scatter=0.1)), 450, 1350, 3, 2e-4)
    assert told and "train with training.epochs 4 in place of 3" in told


@pytest.mark.parametrize("end", [0.7, 0.95])
def test_a_loss_on_its_way_to_the_target_is_not_told_of(end: float) -> None:
    assert high_loss(trend_of(scattered(*falling(450, end=end), scatter=0.2)), 450, 1350, 3, 2e-4) is None


def test_too_few_steps_say_nothing() -> None:
    assert high_loss(trend_of([9.0] * 7), 7, 20, 3, 2e-4) is None
