"""A run followed in the terminal: its steps as they end, training as it goes on, what was warned of."""

import time
from dataclasses import dataclass, field
from typing import Any

import httpx
from prefect.client.schemas.objects import State
from rich.console import Console
from rich.text import Text

from flows.flow_runs import FlowRun, Step
from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.errors import NyayError
from nyay_lib.event_tail import EventTail
from nyay_lib.reports.page import duration
from nyay_lib.runs import RunDir
from nyay_lib.watch import Evaluations, Watch, onlooker

# Looking at the events' file costs nothing; asking the server takes time from what it is asked about.
LOOK_SECONDS, ASK_SECONDS = 0.5, 3.0
# A busy server is away for a moment; one that was ended stays away.
PATIENCE_SECONDS = 60.0
TRAINING = "train"


def follow(console: Console, flow_run: FlowRun, run: RunDir, config: PipelineConfig) -> State[Any]:
    """Show what happens until the flow run has ended; returns its last state.

    Raises NyayError when the server is gone for good; KeyboardInterrupt goes through, and following may begin again.
    """
    followed = Followed(console, flow_run, run, config)
    # Where no terminal is, this line is not shown.
    with console.status("") as line:
        while True:
            state = followed.ask()
            if state.is_final():
                return state
            until = time.monotonic() + ASK_SECONDS
            while time.monotonic() < until:
                line.update(Text(followed.now(state)))
                time.sleep(LOOK_SECONDS)


@dataclass
class Followed:
    """What is known of a run that is followed, and what was told of it."""

    console: Console
    flow_run: FlowRun
    run: RunDir
    config: PipelineConfig
    steps: list[Step] = field(default_factory=list[Step])
    progress: str = ""
    watch: Watch | None = None
    tail: EventTail | None = None
    warned: int = 0
    told: set[str] = field(default_factory=set[str])
    _heard: float = field(default_factory=time.monotonic)

    def ask(self) -> State[Any]:
        """Ask the server for all there is, and tell what is new. Raises NyayError when it stays away."""
        while True:
            try:
                # The state first: what the steps say afterwards is then all that a final state comes with.
                state = self.flow_run.state()
                self._ask_for_news()
            except httpx.HTTPError as error:
                if time.monotonic() - self._heard > PATIENCE_SECONDS:
                    raise NyayError(
                        "the server is gone; start `nyay up` again, then "
                        f"`nyay train --resume {self.run.run_id}`: what is done is kept"
                    ) from error
                time.sleep(LOOK_SECONDS)
            else:
                self._heard = time.monotonic()
                return state

    def _ask_for_news(self) -> None:
        self.steps = self.flow_run.steps()
        for step in self.steps:
            if step.is_done and step.name not in self.told:
                self.told.add(step.name)
                self.console.print(f"  done: {step.name}  {duration(step.seconds)}")
        for text in self.flow_run.warnings(self.warned):
            self.warned += 1
            self.console.print(Text(f"  ! {text}", style="yellow"), soft_wrap=True)
        step = self._step()
        self.progress = self.flow_run.progress(step) if step and step.name != TRAINING else ""

    def now(self, state: State[Any]) -> str:
        """What is going on, in a line."""
        step = self._step()
        if state.is_running() and step is not None:
            return f"{step.name}: {self._training() if step.name == TRAINING else self.progress or 'at work'}"
        if state.is_scheduled() or state.is_pending():
            return f"{state.name}: waits to be started; `nyay doctor` says whether a worker is alive"
        return state.name or str(state.type)

    def _step(self) -> Step | None:
        """The step that is at work."""
        return next((step for step in reversed(self.steps) if step.is_running), None)

    def _training(self) -> str:
        """How far training is; each new evaluation is told in a line of its own, which stays."""
        watch = self._watched()
        if watch.paused:
            return f"pauses until the hours of {self.config.time.train_between} begin"
        if (step := watch.latest) is None:
            return "the plan is made, and the base model loaded"
        speed, left = f"{watch.tokens_per_second:,.0f} tokens/s", duration(watch.seconds_left)
        return f"step {step.step:,} of {step.total:,}, loss {step.loss:.3f}, {speed}, {left} left"

    def _watched(self) -> Watch:
        """Training as its events tell of it; what was known before is not told again."""
        if self.watch is None or self.tail is None:
            self.tail = EventTail(self.run.job(TRAINING) / "events.jsonl")
            self.watch = onlooker(Evaluations(self.config.eval_every_steps, self._validation_tokens()))
            for event in self.tail.events():
                self.watch.see(event)
        known = dict(self.watch.validations)
        for event in self.tail.events():
            self.watch.see(event)
        for step, loss in self.watch.validations.items():
            if known.get(step) != loss:
                self.console.print(f"  train: step {step:,}, validation loss {loss:.4f}")
        return self.watch

    def _validation_tokens(self) -> int:
        """What an evaluation reads: known once the records are converted, which is before training begins."""
        return Dataset.model_validate_json(self.run.result("convert").read_bytes()).validation.tokens
