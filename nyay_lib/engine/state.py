"""Where training stands: what a step and an evaluation change of it, and what it says of the rows in the end."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nyay_lib.engine.batches import Row, completion_tokens, input_tokens
from nyay_lib.engine.early_warning import NO_LOSSES, Trend
from nyay_lib.jobs import Covered


@dataclass(frozen=True, slots=True)
class State:
    """Where training stands: ``step`` is done, ``evaluated`` is the last one after which validation was computed.

    ``best_step`` had the lowest validation loss so far, ``worse`` counts the evaluations since then, ``trend`` is what
    the training losses amount to, and ``rate_scale`` is what the schedule is multiplied by. ``seen`` says how often
    each row was trained on, ``tokens`` and ``completion_tokens`` what that sums up to.
    """

    step: int
    fingerprints: Mapping[str, str]
    evaluated: int = 0
    best_step: int | None = None
    best_loss: float | None = None
    worse: int = 0
    rate_scale: float = 1.0
    trend: Trend = NO_LOSSES
    seen: tuple[int, ...] = ()
    tokens: int = 0
    completion_tokens: int = 0

    def after(self, step: int, loss: float, trained: Sequence[Row]) -> "State":
        """The state when a step is done. What was trained on is counted from the rows that lay in its batches."""
        times = Counter(row.index for row in trained)
        return replace(
            self,
            step=step,
            trend=self.trend.after(loss),
            seen=tuple(seen + times[index] for index, seen in enumerate(self.seen)),
            tokens=self.tokens + input_tokens(trained),
            completion_tokens=self.completion_tokens + completion_tokens(trained),
        )

    def validated(self, loss: float) -> "State":
        """The state when its step has been evaluated; ``worse`` is 0 if the loss is the lowest so far."""
        improved = self.best_loss is None or loss < self.best_loss
        best = {"best_step": self.step, "best_loss": loss, "worse": 0}
        return replace(self, evaluated=self.step, **(best if improved else {"worse": self.worse + 1}))

    def covered(self) -> Covered:
        """What all of training has trained on."""
        return Covered(
            steps=self.step,
            rows=len(self.seen),
            least=min(self.seen),
            most=max(self.seen),
            tokens=self.tokens,
            completion_tokens=self.completion_tokens,
        )


def state_of(value: dict[str, Any]) -> State:
    """A state from its JSON value. Raises LookupError or TypeError where it is none."""
    told: dict[str, Any] = value | {"trend": Trend.read(value["trend"]), "seen": tuple(value["seen"])}
    return State(**told)
