"""The ladder that is climbed down when memory runs out: the same effective batch, in less memory on each rung."""

import math

from pydantic import BaseModel, ConfigDict

from nyay_lib.config import PipelineConfig


class Rung(BaseModel):
    """One step of the ladder: the micro-batch and how often its gradient is accumulated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    micro_batch: int
    accumulation: int
    gradient_checkpointing: bool = False

    def __str__(self) -> str:
        extra = ", gradient checkpointing" if self.gradient_checkpointing else ""
        return f"{self.micro_batch}x{self.accumulation}{extra}"


def ladder(config: PipelineConfig) -> list[Rung]:
    """From the configured micro-batch down: half of it, as long as it halves, then gradient checkpointing.

    The effective batch is the same on each rung; where it does not divide, the last micro-batch is smaller.
    """
    training = config.training
    rungs = [Rung(micro_batch=training.batch_size, accumulation=training.gradient_accumulation)]
    while (micro := rungs[-1].micro_batch // 2) >= 1:
        rungs.append(Rung(micro_batch=micro, accumulation=math.ceil(training.effective_batch_size / micro)))
    return [*rungs, rungs[-1].model_copy(update={"gradient_checkpointing": True})]
