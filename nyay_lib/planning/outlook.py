"""What a plan is drawn up from, and what any choice of rows, epochs and length would take by it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from nyay_lib.config import PipelineConfig
from nyay_lib.ladder import Rung, ladder
from nyay_lib.machine import Machine
from nyay_lib.planning.costs import Costs
from nyay_lib.planning.other_steps import forward_seconds
from nyay_lib.planning.plan import RungPlan
from nyay_lib.planning.workload import Order, Part, PlannedRow, epoch_of

# Lengths are proposed in such steps.
LENGTH_STEP = 64


@dataclass(frozen=True, slots=True)
class Outlook:
    """The configuration, both sides' rows, and what work costs here; ``memory_free`` in bytes.

    ``learned`` is the place on the ladder at which earlier runs teach to begin.
    """

    config: PipelineConfig
    rows: tuple[PlannedRow, ...]
    validation: tuple[PlannedRow, ...]
    costs: Costs
    machine: Machine
    device: str
    parameters: int
    memory_free: int
    calibrated: bool
    assumptions: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    learned: int = 0

    def at(self, rung: Rung) -> Order:
        """The order of rows on a rung."""
        training = self.config.training
        return Order(training.effective_batch_size, rung.micro_batch, self.costs.lanes, training.seed)

    def steps(self, rows: int, epochs: int) -> int:
        """Optimizer steps: the last partial batch of an epoch is one too."""
        return math.ceil(rows / self.config.training.effective_batch_size) * epochs

    def evaluations(self, steps: int) -> int:
        """Evaluations during training: at their interval, and at the end."""
        return math.ceil(steps / self.config.eval_every_steps)

    def step_seconds(self, rung: Rung, rows: Sequence[PlannedRow], epochs: int) -> float:
        """All optimizer steps."""
        checkpointing = rung.gradient_checkpointing
        once = sum(self.costs.seconds(parts, checkpointing=checkpointing) for parts in epoch_of(rows, self.at(rung)))
        return epochs * once + self.steps(len(rows), epochs) * self.costs.update_seconds

    def evaluation_seconds(self, rung: Rung, steps: int) -> float:
        """All evaluations during so many steps, and canaries before the first step and at each."""
        count, asked = self.evaluations(steps), self.config.evaluation
        loss = forward_seconds(self.validation, rung.micro_batch, self.costs)
        prompts = forward_seconds(self.validation[: asked.canaries], max(1, asked.canaries), self.costs)
        answers = prompts + (asked.canary_tokens if asked.canaries else 0) * self.costs.decode_seconds
        return count * loss + (count + 1) * answers

    def seconds(self, rung: Rung, rows: Sequence[PlannedRow], epochs: int) -> float:
        """Training as a whole."""
        evaluations = self.evaluation_seconds(rung, self.steps(len(rows), epochs))
        return self.costs.load_seconds + self.step_seconds(rung, rows, epochs) + evaluations

    def peak_memory(self, rung: Rung, rows: Sequence[PlannedRow], epochs: int) -> float:
        """The most that any micro-batch of training or of an evaluation takes."""
        checkpointing, order = rung.gradient_checkpointing, self.at(rung)
        trained = (parts for epoch in range(epochs) for parts in epoch_of(rows, order, epoch))
        return max(self.costs.bytes(parts, checkpointing=checkpointing) for parts in trained)

    def rungs(self, rows: Sequence[PlannedRow], epochs: int) -> tuple[RungPlan, ...]:
        """The whole ladder."""
        return tuple(self._rung(rung, rows, epochs) for rung in ladder(self.config))

    def _rung(self, rung: Rung, rows: Sequence[PlannedRow], epochs: int) -> RungPlan:
        seconds, peak = self.step_seconds(rung, rows, epochs), self.peak_memory(rung, rows, epochs)
        return RungPlan(
            rung=rung,
            peak_memory=peak,
            seconds=seconds,
            tokens_per_second=epochs * sum(row.inputs for row in rows) / seconds,
            fits=peak <= self.memory_free,
        )

    def first(self) -> int:
        """Place of the first rung, from ``learned`` on, whose peak fits, else of the last one."""
        rungs = ladder(self.config)
        fits = (self.peak_memory(rung, self.rows, 1) <= self.memory_free for rung in rungs[self.learned :])
        return next((place for place, fit in enumerate(fits, self.learned) if fit), len(rungs) - 1)

    def fitting_length(self) -> int | None:
        """The longest row that the last rung has memory for, None if not even a short one."""
        rung, limit = ladder(self.config)[-1], self.config.training.max_seq_length
        for length in range(limit, 0, -LENGTH_STEP):
            part = Part(1, length, min(length, self.costs.chunk))
            if self.costs.bytes([part], checkpointing=rung.gradient_checkpointing) <= self.memory_free:
                return length
        return None
