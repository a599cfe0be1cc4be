"""Slow training: when what was planned is not reached, the page says so, and what computes."""

from nyay_lib.jobs import Event, TrainStep, Warned
from nyay_lib.watch import Watch

# Half of the planned speed is no matter of a calibration's accuracy; it is over when most of it is reached again.
SLOW, WELL_AGAIN = 0.5, 0.7
# The first steps load the weights and fill caches.
FEWEST_STEPS = 5
GPUS = ("Metal", "CUDA")


class SlowWatch:
    """Looks at one attempt's speed after each step. ``expected`` is the planned one, None where it was not measured."""

    def __init__(self, expected: float | None) -> None:
        self._expected = expected
        self._steps = 0
        self._is_slow = False

    def see(self, event: Event, watch: Watch) -> Warned | None:
        """Take an event in that ``watch`` has seen: a warning, once for each stretch of slow steps."""
        if not isinstance(event, TrainStep) or self._expected is None:
            return None
        self._steps += 1
        share = watch.tokens_per_second / self._expected
        if self._steps < FEWEST_STEPS or (self._is_slow and share < WELL_AGAIN):
            return None
        was_slow, self._is_slow = self._is_slow, share < SLOW
        return self._warning(event, watch) if self._is_slow and not was_slow else None

    def _warning(self, event: TrainStep, watch: Watch) -> Warned:
        on_gpu = watch.device.startswith(GPUS)
        place = f"MLX uses the GPU: {watch.device}" if on_gpu else f"MLX uses no GPU: {watch.device}"
        text = (
            f"step {event.step}: training is slow, {watch.tokens_per_second:,.0f} tokens/s over the last steps where "
            f"{self._expected:,.0f} were planned. {place}. Close what else computes on this machine"
        )
        return Warned(step=event.step, text=text)
