"""Negative log-likelihood of the completion tokens, and of nothing else.

Logits exist for completion positions only, a chunk at a time, and their gradient is taken while the chunk is there
(as in Wijmans et al. 2024, "Cut your losses"): memory does not grow with vocabulary times length.
"""

from collections.abc import Callable, Sequence
from typing import Any

import mlx.core as mx

from nyay_lib.engine.batches import MicroBatch, Row, completion_tokens, micro_batches, pad
from nyay_lib.engine.exponential import exp_of_negative
from nyay_lib.engine.lanes import Lanes
from nyay_lib.engine.model import dequantized, is_quantized
from nyay_lib.engine.pieces import chunks, side_by_side

CHUNK = 256


def nll_sum(model: Any, batch: MicroBatch) -> mx.array:
    """Summed negative log-likelihood of ``batch.targets`` in nats, a scalar in f32."""
    hidden = model.model(batch.inputs)
    hidden = hidden.reshape(-1, hidden.shape[-1])[batch.positions]
    return projected_nll(output_weights(model), hidden, batch.targets)


def output_weights(model: Any) -> mx.array:
    """The output projection (vocabulary, hidden); the embedding where the two are tied."""
    module: Any = model.model.embed_tokens if model.args.tie_word_embeddings else model.lm_head
    return dequantized(module) if is_quantized(module) else module.weight


def projected_nll(weights: mx.array, hidden: mx.array, targets: mx.array) -> mx.array:
    """Cross-entropy of ``hidden @ weights.T`` against ``targets``, summed.

    ``weights`` (vocabulary, features) is taken as constant, ``hidden`` (tokens, features), ``targets`` (tokens,).
    """

    def forward(hidden: mx.array) -> tuple[mx.array, mx.array]:
        total = mx.zeros((), mx.float32)
        gradients: list[mx.array] = []
        for piece in chunks(hidden.shape[0], CHUNK):
            # Each chunk waits for the one before, else all their logits would be alive together.
            chunk, total = mx.depends([hidden[piece], total], [total, *gradients[-1:]])
            loss, gradient = _chunk(weights, chunk, targets[piece])
            total = total + loss
            gradients.append(gradient)
        return total, mx.concatenate(gradients)

    def backward(_: Any, cotangents: Sequence[mx.array], outputs: Sequence[mx.array]) -> mx.array:
        return (cotangents[0] * outputs[1]).astype(hidden.dtype)

    function: Any = mx.custom_function(forward)
    function.vjp(backward)
    return function(hidden)[0]


def _chunk(weights: mx.array, hidden: mx.array, targets: mx.array) -> tuple[mx.array, mx.array]:
    """Loss of a chunk and its gradient: (softmax - one-hot of the targets) @ weights."""
    logits = (hidden @ weights.T).astype(mx.float32)
    chosen = mx.take_along_axis(logits, targets[:, None], axis=-1)
    top = mx.max(logits, axis=-1, keepdims=True)
    powers = exp_of_negative(logits - top)
    total = mx.sum(powers, axis=-1, keepdims=True)
    probabilities = (powers / total).astype(hidden.dtype)
    return mx.sum(top + mx.log(total) - chosen), probabilities @ weights - weights[targets]


def mean_loss(model: Any, rows: Sequence[Row], batch_size: int, lanes: Lanes) -> float:
    """Loss in nats a token over the completion tokens of all ``rows``; dropout must be off."""
    return summed_loss(model, rows, batch_size, lanes) / completion_tokens(rows)


def summed_loss(
    model: Any, rows: Sequence[Row], batch_size: int, lanes: Lanes, before_each: Callable[[], None] = lambda: None
) -> float:
    """The same in nats, not yet divided by the tokens. ``before_each`` micro-batch is called, and may raise."""
    total = 0.0
    for micro_batch in micro_batches(rows, batch_size):
        before_each()
        parts: list[mx.array] = []
        dealt = lanes.deal(micro_batch)
        for number, lane_rows in enumerate(dealt):
            with lanes.lane(number), side_by_side(dealt):
                parts.append(nll_sum(model, pad(lane_rows)))
        mx.eval(parts)
        total += sum(float(part) for part in parts)
    return total
