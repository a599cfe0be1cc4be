"""Which rows each optimizer step is trained on: a function of their lengths and the seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from nyay_lib.config import PipelineConfig
from nyay_lib.data.order import steps_of_epoch
from nyay_lib.engine.batches import Row


@dataclass(frozen=True, slots=True)
class EffectiveBatches:
    """All rows, dealt out to optimizer steps, which are counted from 1."""

    rows: Sequence[Row]
    config: PipelineConfig

    @property
    def total(self) -> int:
        return self.config.optimizer_steps(len(self.rows))

    @property
    def per_epoch(self) -> int:
        return self.total // self.config.training.epochs

    def epoch_of(self, step: int) -> int:
        """The epoch of a step, from 1."""
        return 1 + (step - 1) // self.per_epoch

    def of(self, step: int) -> list[Row]:
        """The effective batch of a step."""
        epoch, place = divmod(step - 1, self.per_epoch)
        return [self.rows[i] for i in self._epoch(epoch)[place]]

    def _epoch(self, epoch: int) -> list[list[int]]:
        training = self.config.training
        lengths = tuple(len(row.tokens) for row in self.rows)
        return _steps_of_epoch(lengths, training.effective_batch_size, training.seed, epoch)


@lru_cache(maxsize=1)
def _steps_of_epoch(lengths: tuple[int, ...], batch: int, seed: int, epoch: int) -> list[list[int]]:
    return steps_of_epoch(lengths, batch, seed, epoch)
