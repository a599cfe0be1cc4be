"""Swap: a Mac that runs out of memory often does not say so, it swaps, and training slows to a crawl."""

from statistics import median

import psutil

from nyay_lib.jobs import Checkpointed, Event, TrainStep
from nyay_lib.machine import GIB

MIB = 2**20

SWAPPING = "the machine swaps"
# A third of the speed is no busy machine; a few steps together are no single long pause.
SLOW = 1 / 3
WINDOW = 4
# Without a calibrated speed the first steps are the measure, but for the very first, which loads the weights.
FIRST_STEPS = slice(1, 6)


class SwapWatch:
    """Looks at one attempt's steps, and at the machine's swap after each.

    ``limit`` bytes of growth since the attempt's lowest reading count, 0 switches it off; ``expected`` is the
    calibrated speed in tokens a second, None where nobody measured it.
    """

    def __init__(self, limit: int, expected: float | None = None) -> None:
        self._limit, self._expected = limit, expected
        self._steps: list[TrainStep] = []
        self._used = self._least = used_swap()

    def see(self, event: Event) -> str | None:
        """Take an event in. At a checkpoint: why training should go on in less memory, None when all is well."""
        if isinstance(event, TrainStep):
            self._steps.append(event)
            self._used = used_swap()
            self._least = min(self._least, self._used)
        if not isinstance(event, Checkpointed) or not self._steps or event.step == self._steps[-1].total:
            return None
        return self._reason(event.step)

    def _reason(self, step: int) -> str | None:
        grown, wanted, speed = self._used - self._least, self._yardstick, _speed(self._steps[-WINDOW:])
        if not self._limit or grown < self._limit or wanted is None or speed >= SLOW * wanted:
            return None
        return (
            f"{SWAPPING}: {speed:,.0f} tokens/s where {wanted:,.0f} were expected, and its swap grew by "
            f"{grown / GIB:.1f} GiB to {self._used / GIB:.1f} GiB up to the checkpoint of step {step}"
        )

    @property
    def _yardstick(self) -> float | None:
        """Tokens a second of a healthy attempt."""
        first = self._steps[FIRST_STEPS]
        full = len(first) == FIRST_STEPS.stop - FIRST_STEPS.start
        return self._expected or (median(_speed([step]) for step in first) if full else None)


def _speed(steps: list[TrainStep]) -> float:
    return sum(step.tokens for step in steps) / sum(step.seconds for step in steps)


def used_swap() -> int:
    """Bytes of swap that the machine uses."""
    return psutil.swap_memory().used
