"""The ladder that is climbed down when memory runs out: the same effective batch, in less memory on each rung."""

import math
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from nyay_lib.config import PipelineConfig


class Rung(BaseModel):
    """One step of the ladder: the micro-batch and how often its gradient is accumulated, on each of the ranks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    micro_batch: int
    accumulation: int
    gradient_checkpointing: bool = False
    ranks: int = 1

    @property
    def weight(self) -> tuple[bool, int]:
        """Sorts rungs by the memory that they take."""
        return not self.gradient_checkpointing, self.micro_batch

    def __str__(self) -> str:
        ranks = f" on {self.ranks} ranks" if self.ranks > 1 else ""
        extra = ", gradient checkpointing" if self.gradient_checkpointing else ""
        return f"{self.micro_batch}x{self.accumulation}{ranks}{extra}"


def ladder(config: PipelineConfig) -> list[Rung]:
    """From the configured micro-batch down: half of it, as long as it halves, then gradient checkpointing.

    The effective batch is the same on each rung; where it does not divide, the last micro-batch is smaller. With
    memory.gradient_checkpointing "always" every rung has it. Several ranks divide the effective batch first.
    """
    always, ranks = config.memory.gradient_checkpointing == "always", config.distributed.ranks
    share = config.training.effective_batch_size // ranks
    micros = [min(config.training.batch_size, share)]
    while micros[-1] > 1:
        micros.append(micros[-1] // 2)
    rungs = [
        Rung(micro_batch=n, accumulation=math.ceil(share / n), gradient_checkpointing=always, ranks=ranks)
        for n in micros
    ]
    return rungs if always else [*rungs, rungs[-1].model_copy(update={"gradient_checkpointing": True})]


def place_of(rung: Rung, rungs: Sequence[Rung]) -> int:
    """Index of the first of ``rungs``, from the top, that takes no more memory than ``rung``; else of the last."""
    return next((place for place, other in enumerate(rungs) if other.weight <= rung.weight), len(rungs) - 1)
