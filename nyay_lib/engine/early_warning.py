"""Early warning: a training run that goes wrong stops while little is lost, or says so, and proposes what to change.

Losses are in nats a completion token. Those of single steps scatter with their rows, so none is judged alone.
"""

import math
from dataclasses import dataclass
from statistics import fmean, median, stdev
from typing import Any

from nyay_lib.errors import NyayError

# So many steps in a row are looked at together; all but one of them must agree.
WINDOW = 8
# Base models start at 1 to 4 nats a token. What lies so far above the lowest stretch does not come back.
RISE_NATS, RISE_SHARE = 1.0, 0.5
# The first loss is the untouched base's, but one step's alone: an explosion at once must be plain to be told by it.
FIRST_NATS, FIRST_SHARE = 2.0, 1.0
# Stretches that a run is kept as, at most: enough for a slope, little to save.
MOST_STRETCHES = 128
# What would take longer than so many times the epochs is no matter of epochs.
MOST_EPOCHS = 4
# The specification's target for the training loss.
TARGET_LOSS = 1.0


@dataclass(frozen=True, slots=True)
class Trend:
    """What the losses of all steps so far amount to; its size does not grow with them.

    ``first`` is the first step's loss, ``recent`` are the last WINDOW ones, ``lowest`` is the lowest median of so many
    in a row. ``stretches`` are means over ``length`` steps each, oldest first; ``rest`` are the losses since.
    """

    first: float | None = None
    lowest: float | None = None
    recent: tuple[float, ...] = ()
    stretches: tuple[float, ...] = ()
    length: int = 1
    rest: tuple[float, ...] = ()

    def after(self, loss: float) -> "Trend":
        """The trend with the next step's loss."""
        recent, rest = (*self.recent, loss)[-WINDOW:], (*self.rest, loss)
        lowest = self.lowest
        if len(recent) == WINDOW:
            lowest = median(recent) if lowest is None else min(lowest, median(recent))
        stretches, length = self.stretches, self.length
        if len(rest) == length:
            stretches, rest = (*stretches, fmean(rest)), ()
        if len(stretches) == MOST_STRETCHES:
            stretches = tuple(fmean(pair) for pair in zip(stretches[::2], stretches[1::2], strict=True))
            length *= 2
        return Trend(loss if self.first is None else self.first, lowest, recent, stretches, length, rest)

    @classmethod
    def read(cls, found: dict[str, Any]) -> "Trend":
        """The trend that ``dataclasses.asdict`` gave, back from JSON, which knows no tuples."""
        tuples: dict[str, Any] = {name: tuple(found[name]) for name in ("recent", "stretches", "rest")}
        return cls(**found | tuples)


NO_LOSSES = Trend()


def check_divergence(trend: Trend, step: int, rate: float) -> None:
    """Raise NyayError when all but one of the last WINDOW losses stand far above the lowest stretch so far, or very
    far above the first loss; ``rate`` is the peak learning rate that is to be lowered."""
    if trend.first is None or trend.lowest is None:
        return
    reached = sorted(trend.recent)[1]
    if reached > trend.lowest + max(RISE_NATS, RISE_SHARE * trend.lowest):
        begin = f"{trend.lowest:.3f} (the lowest {WINDOW} steps)"
    elif reached > trend.first + max(FIRST_NATS, FIRST_SHARE * trend.first):
        begin = f"{trend.first:.3f} (the first step)"
    else:
        return
    raise NyayError(
        f"step {step}: training diverges, its loss has risen from {begin} to {median(trend.recent):.3f} (the last "
        f"{WINDOW} steps). Train with training.learning_rate {rate / 4:.2g} in place of {rate:.2g}, or with a lower "
        "lora.alpha"
    )


def check_not_silent(loss: float, norm: float, *, on_cpu: bool) -> None:
    """Raise MemoryError for a loss or a gradient of exactly nothing: a GPU without memory may compute zeros and say
    no word. A CPU does not."""
    if not on_cpu and (loss == 0.0 or norm == 0.0):
        raise MemoryError("the GPU computed nothing but zeros, as when its memory has run out")


def overfits(worse: int, patience: int) -> bool:
    """Whether validation has failed to improve at so many evaluations in a row that training ends."""
    return 0 < patience <= worse


def is_looked_back_on(step: int, total: int, epochs: int) -> bool:
    """Whether the loss is judged after ``step`` of ``total``: at the first epoch's end, and at half of them all."""
    return step < total and step in (total // epochs, total // 2)


def high_loss(trend: Trend, step: int, total: int, epochs: int, rate: float) -> str | None:
    """A warning when the loss is not on its way to below TARGET_LOSS, and what to change; else None.

    Losses fall ever more slowly, so where a straight line through the two last quarters of the steps ends, less its
    standard error, is the best that can be hoped for.
    """
    quarter = len(trend.stretches) // 4
    if quarter < 2:
        return None
    before, last = trend.stretches[-2 * quarter : -quarter], trend.stretches[-quarter:]
    stands, fall = fmean(last), fmean(before) - fmean(last)
    error = math.hypot(stdev(before), stdev(last)) / math.sqrt(quarter)
    steps = quarter * trend.length
    hoped = stands - max(0.0, fall + error) * ((total - step) / steps + 0.5)
    if hoped <= TARGET_LOSS:
        return None
    needed = math.ceil(epochs * (step + (stands - TARGET_LOSS) / fall * steps) / total) if fall > error else math.inf
    proposal = (
        f"train with training.epochs {max(needed, epochs + 1)} in place of {epochs}"
        if needed <= MOST_EPOCHS * epochs
        else f"it hardly falls: train with training.learning_rate {rate / 2:.2g} in place of {rate:.2g}"
    )
    return (
        f"step {step} of {total}: the training loss stands at {stands:.3f} and will not come below the target of "
        f"{TARGET_LOSS:g} at this pace; {proposal}"
    )
