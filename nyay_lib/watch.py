"""All that is known of a training run while it trains, and after it."""

import math
from datetime import UTC, datetime
from pathlib import Path

from nyay_lib.attempts import Attempt
from nyay_lib.jobs import (
    AnyEvent,
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

# The last steps' speed says more about what is left than the first ones'.
SPEED_WINDOW = 20


class Watch:
    """All that is known of a training run while it runs, kept from its events."""

    def __init__(self, attempts: list[Attempt]) -> None:
        self.attempts = attempts
        self.device = ""
        self.steps: dict[int, TrainStep] = {}
        self.validations: dict[int, float] = {}
        self.warnings: list[str] = []
        self.paused = False
        self.covered: Covered | None = None

    def see(self, event: Event) -> None:
        """Take one event in. A step that is trained again after a resume replaces its first telling."""
        match event:
            case Started():
                self.device = event.device
            case Resumed():
                self._note(from_step=event.step, checkpoint=event.step)
            case TrainStep():
                self.steps[event.step] = event
                self._note(to_step=event.step)
            case Validated():
                self.validations[event.step] = event.loss
            case Checkpointed():
                self._note(checkpoint=event.step)
            case Paused():
                self.paused = True
            case Covered():
                self.covered = event
            case Warned():
                self.warnings.append(event.text)
            case _:
                pass

    def _note(self, **fields: int) -> None:
        self.attempts[-1] = self.attempts[-1].model_copy(update=fields)

    @property
    def latest(self) -> TrainStep | None:
        return self.steps[max(self.steps)] if self.steps else None

    @property
    def tokens_per_second(self) -> float:
        """Real tokens, without padding, over the last steps."""
        last = [self.steps[step] for step in sorted(self.steps)[-SPEED_WINDOW:]]
        return sum(s.tokens for s in last) / sum(s.seconds for s in last) if last else 0.0

    @property
    def seconds_left(self) -> float:
        """Time for the steps that are left, at the speed of the last ones; evaluations are not in it."""
        last = [self.steps[step] for step in sorted(self.steps)[-SPEED_WINDOW:]]
        return (last[-1].total - last[-1].step) * sum(s.seconds for s in last) / len(last) if last else math.inf


def read_history(events: Path) -> Watch:
    """Every step of a run over all its attempts, from the events file; nothing where there is none yet."""
    watch = Watch([Attempt(number=0, rung=Rung(micro_batch=1, accumulation=1), started=datetime.now(UTC))])
    if events.exists():
        with events.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):  # the last one may have been cut by a kill
                    watch.see(AnyEvent.validate_json(line))
    return watch
