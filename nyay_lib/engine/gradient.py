"""The gradient of one micro-batch, spread over the lanes; what training does, and what a calibration measures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import mlx.core as mx
import mlx.nn as nn

from nyay_lib.engine.batches import Row, pad
from nyay_lib.engine.lanes import Lanes
from nyay_lib.engine.lora import Dropout
from nyay_lib.engine.loss import nll_sum
from nyay_lib.engine.pieces import side_by_side


class Part(NamedTuple):
    """What one lane computed: ``loss`` and ``gradient`` are sums over the completion tokens of ``rows``."""

    rows: Sequence[Row]
    loss: float
    gradient: Any


@dataclass(frozen=True, slots=True)
class Gradients:
    """A model with its adapter, the switch of the adapter's dropout, and the lanes."""

    model: Any
    dropout: Dropout
    lanes: Lanes

    def parts(self, micro_batch: Sequence[Row], seed: mx.array) -> Iterator[Part]:
        """Loss and gradient of the rows by lane, computed side by side; ``seed`` is the dropout's, a uint32."""
        value_and_gradient = nn.value_and_grad(self.model, nll_sum)
        self.model.train()
        built: list[tuple[Sequence[Row], tuple[mx.array, Any]]] = []
        dealt = self.lanes.deal(micro_batch)
        for number, rows in enumerate(dealt):
            with self.lanes.lane(number), side_by_side(dealt):
                batch = pad(rows)
                self.dropout.rows = batch.rows + seed
                built.append((rows, value_and_gradient(self.model, batch)))
        mx.eval([computed for _, computed in built])
        for rows, (loss, gradient) in built:
            yield Part(rows, float(loss), gradient)
