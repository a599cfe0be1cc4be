"""LoRA layers whose dropout depends on the row, not on the batch that the row happens to lie in.

Hu et al. 2021. Names and shapes of the weights are mlx-lm's, so that it can load them.
"""

import math
from typing import Any

import mlx.core as mx
import mlx.nn as nn

GOLDEN = 0x9E3779B9
HALVES = 1 << 16


class Dropout:
    """Shared by all adapters of a model: the rate, and one seed for each row of the current micro-batch.

    ``rows`` has shape (batch,) and type uint32; None switches dropout off. The mask of a row is a pure function of
    its seed, the layer, the position and the feature: halving the micro-batch changes no mask, and a layer that is
    computed a second time in the backward pass sees the mask of the first. The rate is rounded to 1 in 65,536.
    """

    def __init__(self, rate: float) -> None:
        self._threshold = round(rate * HALVES)
        self.rows: mx.array | None = None

    @property
    def gain(self) -> float:
        """What makes up for the entries that are dropped: 1 / (1 - rate), 1 while it is off."""
        return 1.0 if self.rows is None else HALVES / (HALVES - self._threshold)

    def __call__(self, x: mx.array, layer: int) -> mx.array:
        """``x`` of shape (batch, length, features) with a share of its entries set to zero, the others as they are."""
        if self.rows is None or self._threshold == 0:
            return x
        _, length, features = x.shape
        position = mx.arange(length, dtype=mx.uint32)[None, :, None] * GOLDEN
        pair = mx.arange((features + 1) // 2, dtype=mx.uint32)[None, None, :]
        rows = scramble(self.rows + mx.array(layer * GOLDEN % 2**32, mx.uint32))[:, None, None]
        # Sixteen bits decide over an entry, so one number over two of them.
        bits = scramble(scramble(rows ^ position) + pair).view(mx.uint16)[:, :, :features]
        return mx.where(bits >= mx.array(self._threshold, mx.uint16), x, 0)


def scramble(bits: mx.array) -> mx.array:
    """A bijection of uint32 in which every input bit moves every output bit (Wellons 2018, lowbias32)."""
    bits = (bits ^ (bits >> 16)) * mx.array(0x7FEB352D, mx.uint32)
    bits = (bits ^ (bits >> 15)) * mx.array(0x846CA68B, mx.uint32)
    return bits ^ (bits >> 16)


class LoraLinear(nn.Module):
    """A frozen linear layer and ``scale * B A`` beside it; B starts at zero, so training starts at the base model."""

    def __init__(self, linear: Any, rank: int, scale: float, dropout: Dropout, layer: int) -> None:
        super().__init__()
        outputs, inputs = linear.weight.shape
        if isinstance(linear, nn.QuantizedLinear):
            inputs = inputs * 32 // linear.bits
        bound = 1 / math.sqrt(inputs)
        self.linear = linear
        self.lora_a = mx.random.uniform(-bound, bound, (inputs, rank))
        self.lora_b = mx.zeros((rank, outputs))
        self._scale, self._dropout, self._layer = scale, dropout, layer

    def __call__(self, x: mx.array) -> mx.array:
        # Scaled where it is smallest: the other factors are as long as the text.
        up = self.lora_b * (self._scale * self._dropout.gain)
        update = (self._dropout(x, self._layer) @ self.lora_a) @ up
        return self.linear(x) + update.astype(x.dtype)
