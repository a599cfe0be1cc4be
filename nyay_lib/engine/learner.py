"""What learns: the model with its adapter and optimizer, on the lanes of all ranks.

One step: sum the gradients of all micro-batches' summed NLL, divide by the step's completion tokens, update with AdamW
(bias-corrected) at the schedule's rate.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import mlx.core as mx
import mlx.optimizers as optim
from mlx.utils import tree_map

from nyay_lib.engine.batches import Row, completion_tokens, length_order, micro_batches
from nyay_lib.engine.data_parallel import Sums, over_all_ranks
from nyay_lib.engine.gradient import Gradients
from nyay_lib.engine.lanes import Lanes
from nyay_lib.engine.lora import Dropout
from nyay_lib.engine.loss import summed_loss
from nyay_lib.engine.ranks import Ranks


class Means(NamedTuple):
    """Loss and gradient of a step over the completion tokens, and the rows that they were computed from."""

    loss: float
    gradient: Any
    trained: list[Row]


@dataclass(frozen=True, slots=True)
class Learner:
    """A model, the switch of its adapter's dropout with its seed, and how many rows are computed at once."""

    model: Any
    dropout: Dropout
    optimizer: optim.AdamW
    lanes: Lanes
    ranks: Ranks
    micro_batch: int
    seed: int

    def means(self, step: int, rows: Sequence[Row]) -> Means:
        """What the effective batch ``rows`` of an optimizer step says."""
        gradients, loss, gradient = Gradients(self.model, self.dropout, self.lanes), 0.0, None
        trained: list[Row] = []
        seed = mx.array(_seed(self.seed, step), mx.uint32)
        share = self.ranks.share(sorted(rows, key=length_order))
        for micro_batch in micro_batches(share, self.micro_batch):
            for part in gradients.parts(micro_batch, seed):
                loss += part.loss
                gradient = part.gradient if gradient is None else tree_map(mx.add, gradient, part.gradient)
                trained.extend(part.rows)
            mx.eval(gradient)
        mine = Sums(loss, gradient, trained)
        loss, gradient, trained = over_all_ranks(self.ranks, rows, mine, self.model.trainable_parameters())
        tokens = completion_tokens(rows)
        return Means(loss / tokens, tree_map(lambda g: g / tokens, gradient), trained)

    def update(self, gradient: Any, rate: float) -> None:
        """Change the adapter by AdamW at this rate."""
        self.optimizer.learning_rate = mx.array(rate)
        self.optimizer.update(self.model, gradient)
        mx.eval(self.model.trainable_parameters(), self.optimizer.state)

    def loss_over(self, rows: Sequence[Row], before_each: Callable[[], None]) -> float:
        """Loss over all ``rows``, without dropout; ``before_each`` is called before each micro-batch."""
        self.switch_dropout_off()
        total = summed_loss(self.model, self.ranks.share(rows), self.micro_batch, self.lanes, before_each)
        return self.ranks.sum_value(total) / completion_tokens(rows)

    def switch_dropout_off(self) -> None:
        """Until the next gradient."""
        self.model.eval()
        self.dropout.rows = None


def _seed(seed: int, step: int) -> int:
    """The dropout seed of a step, before the row's index is added."""
    return (seed * 0x9E3779B1 + step * 0x85EBCA77) % 2**32
