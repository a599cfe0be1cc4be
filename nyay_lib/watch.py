"""All that is known of a training run while it trains, and after it."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from nyay_lib.attempts import Attempt
from nyay_lib.event_tail import EventTail
from nyay_lib.jobs import (
    Canaries,
    Checkpointed,
    Covered,
    Event,
    Paused,
    Resumed,
    Started,
    TrainStep,
    Validated,
    Warned,
)
from nyay_lib.ladder import Rung
from nyay_lib.metrics import StepMetrics

# The last steps' speed says more about what is left than the first ones'.
SPEED_WINDOW = 20
# Without a backward pass a token takes about half the time; only until the first evaluation has been timed.
FORWARD_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Evaluations:
    """How often training stops to evaluate, in optimizer steps, and over how many tokens; 0 steps: never."""

    every: int = 0
    tokens: int = 0

    def left(self, step: int, total: int) -> int:
        """How many are still to come after ``step``; there is one at the end, too."""
        return total // self.every - step // self.every + (total % self.every > 0) if self.every else 0


NO_EVALUATIONS = Evaluations()


class Watch:
    """All that is known of a training run while it runs, kept from its events.

    ``steps``, ``validations`` and ``canaries`` are by step, in order; ``borders`` are the steps after which training
    went on anew. ``metrics`` is the last line of the metrics, with what the machine has left.
    """

    def __init__(self, attempts: list[Attempt], evaluations: Evaluations = NO_EVALUATIONS) -> None:
        self.attempts = attempts
        self.evaluations = evaluations
        self.device = ""
        self.steps: dict[int, TrainStep] = {}
        self.validations: dict[int, float] = {}
        self.canaries: dict[int, Canaries] = {}
        self.borders: list[int] = []
        self.warnings: list[str] = []
        self.paused = False
        self.covered: Covered | None = None
        self.metrics: StepMetrics | None = None
        self._evaluated: list[float] = []
        self._answered: list[float] = []

    def see(self, event: Event) -> None:
        """Take one event in. A step that is trained again after a resume replaces its first telling."""
        match event:
            case Started():
                self.device, self.paused, self.covered = event.device, False, None
            case Resumed():
                self._go_back(event.step)
                self.borders.append(event.step)
                self._note(from_step=event.step, checkpoint=event.step)
            case TrainStep():
                self._go_back(event.step - 1)
                self.steps[event.step] = event
                self._note(to_step=event.step)
            case Validated():
                self.validations[event.step] = event.loss
                self._evaluated.append(event.seconds)
            case Canaries():
                self._listen(event)
            case Checkpointed():
                self._note(checkpoint=event.step)
            case Paused():
                self.paused = True
            case Covered():
                self.covered = event
            case Warned():
                self.warn(event.text)
            case _:
                pass

    def warn(self, text: str) -> None:
        """Keep a warning, once: what is trained again after a resume warns again in the same words."""
        if text not in self.warnings:
            self.warnings.append(text)

    def _listen(self, event: Canaries) -> None:
        self.canaries[event.step] = event
        self._answered.append(event.seconds)
        faults = [f"row {answer.row + 1} {answer.fault}" for answer in event.answers if answer.fault]
        if event.step and faults and not any("canary" in text for text in self.warnings):
            self.warn(
                f"step {event.step}: the canary answer to validation {'; to '.join(faults)}. If the base's does not, "
                "train with a lower training.learning_rate or lora.alpha"
            )

    def _go_back(self, step: int) -> None:
        """Forget what came after ``step``."""
        for series in (self.steps, self.validations, self.canaries):
            while series and next(reversed(series)) > step:
                series.popitem()

    def _note(self, **fields: int) -> None:
        self.attempts[-1] = self.attempts[-1].model_copy(update=fields)

    @property
    def latest(self) -> TrainStep | None:
        return next(reversed(self.steps.values()), None)

    @property
    def best(self) -> int | None:
        """The step with the lowest validation loss."""
        return min(self.validations, key=self.validations.__getitem__, default=None)

    @property
    def tokens_per_second(self) -> float:
        """Real tokens, without padding, over the last steps."""
        last = list(islice(reversed(self.steps.values()), SPEED_WINDOW))
        return sum(s.tokens for s in last) / sum(s.seconds for s in last) if last else 0.0

    @property
    def seconds_left(self) -> float:
        """Time for what is left, evaluations and canaries included. Steps differ in length: tokens are counted."""
        step = self.latest
        if step is None:
            return math.inf
        mean = sum(s.tokens for s in self.steps.values()) / len(self.steps)
        return (step.total - step.step) * mean / self.tokens_per_second + self.evaluation_seconds_left

    @property
    def evaluation_seconds_left(self) -> float:
        """Time for the evaluations that are left, canaries included."""
        step = self.latest
        if step is None:
            return math.inf
        untimed = self.evaluations.tokens * FORWARD_SHARE / self.tokens_per_second
        each = _mean(self._evaluated, untimed) + _mean(self._answered, 0.0)
        return self.evaluations.left(step.step, step.total) * each


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def onlooker(evaluations: Evaluations) -> Watch:
    """A watch of one who only looks on, and knows of no attempts."""
    return Watch([Attempt(number=0, rung=Rung(micro_batch=1, accumulation=1), started=datetime.now(UTC))], evaluations)


def read_history(events: Path, evaluations: Evaluations = NO_EVALUATIONS) -> Watch:
    """Every step of a run over all its attempts, from the events file; nothing where there is none yet."""
    watch = onlooker(evaluations)
    for event in EventTail(events).events():
        watch.see(event)
    return watch
