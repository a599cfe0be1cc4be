"""The ladder that is climbed down when memory runs out: the same effective batch, in less memory on each rung."""

import math
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from nyay_lib.config import PipelineConfig


class Rung(BaseModel):
    """One step of the ladder: the micro-batch and how often its gradient is accumulated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    micro_batch: int
    accumulation: int
    gradient_checkpointing: bool = False

    @property
    def weight(self) -> tuple[bool, int]:
        """Sorts rungs by the memory that they take."""
        return not self.gradient_checkpointing, self.micro_batch

    def __str__(self) -> str:
        extra = ", gradient checkpointing" if self.gradient_checkpointing else ""
        return f"{self.micro_batch}x{self.accumulation}{extra}"


def ladder(config: PipelineConfig) -> list[Rung]:
    """From the configured micro-batch down: half of it, as long as it halves, then gradient checkpointing.

    The effective batch is the same on each rung; where it does not divide, the last micro-batch is smaller. With
    memory.gradient_checkpointing "always" every rung has it.
    """
    training, always = config.training, config.memory.gradient_checkpointing == "always"
    micros = [training.batch_size]
    while micros[-1] > 1:
        micros.append(micros[-1] // 2)
    accumulations = [math.ceil(training.effective_batch_size / micro) for micro in micros]
    rungs = [
        Rung(micro_batch=micro, accumulation=accumulation, gradient_checkpointing=always)
        for micro, accumulation in zip(micros, accumulations, strict=True)
    ]
    return rungs if always else [*rungs, rungs[-1].model_copy(update={"gradient_checkpointing": True})]


def place_of(rung: Rung, rungs: Sequence[Rung]) -> int:
    """Index of the first of ``rungs``, from the top, that takes no more memory than ``rung``; else of the last."""
    return next((place for place, other in enumerate(rungs) if other.weight <= rung.weight), len(rungs) - 1)
