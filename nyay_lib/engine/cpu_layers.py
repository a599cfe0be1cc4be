"""The two layers of a Llama that spend a CPU's time on powers: the gate, and attention.

The backward pass computes the powers again from the layers' inputs instead of keeping them. Attention goes by blocks
of queries, after Dao et al. 2022 (FlashAttention): what no query may see is not computed, and no matrix of length
times length exists.
"""

from collections.abc import Sequence
from typing import Any

import mlx.core as mx
from mlx_lm.models import llama as module

from nyay_lib.engine.exponential import LOG2_E, exp2, sigmoid
from nyay_lib.engine.pieces import blocks

# Queries that are computed together, at most. Larger blocks compute more of what is masked.
BLOCK = 128
HIDDEN = -1e9

llama: Any = module
_attention_of_mlx_lm: Any = llama.scaled_dot_product_attention
_swiglu_of_mlx_lm: Any = llama.swiglu


def install() -> None:
    """Let every Llama of this process compute so."""
    llama.swiglu = swiglu
    llama.scaled_dot_product_attention = attention


def swiglu(gate: mx.array, x: mx.array) -> mx.array:
    """``gate * sigmoid(gate) * x`` (Shazeer 2020), of one shape all; what is not in f32 is left to mlx-lm."""
    if gate.dtype != mx.float32:
        return _swiglu_of_mlx_lm(gate, x)

    def forward(gate: mx.array, x: mx.array) -> mx.array:
        return gate * sigmoid(gate) * x

    def backward(primals: Sequence[mx.array], cotangent: mx.array, _: Any) -> tuple[mx.array, mx.array]:
        gate, x = primals
        gated = sigmoid(gate)
        silu = gate * gated
        return cotangent * x * (silu + gated - silu * gated), cotangent * silu

    function: Any = mx.custom_function(forward)
    function.vjp(backward)
    return function(gate, x)


def attention(
    queries: mx.array,
    keys: mx.array,
    values: mx.array,
    cache: Any = None,
    scale: float = 1.0,
    mask: mx.array | str | None = None,
    **options: Any,
) -> mx.array:
    """Attention in mlx-lm's form; what is not plain causal attention over whole texts in f32 is left to mlx-lm.

    ``queries`` (batch, heads, length, width); ``keys`` and ``values`` with as many heads or a divisor of that.
    """
    whole = isinstance(mask, str) and queries.shape[2] == keys.shape[2]
    if whole and queries.dtype == mx.float32 and not options.get("sinks") and not hasattr(cache, "bits"):
        return causal_attention(queries, keys, values, scale)
    return _attention_of_mlx_lm(queries, keys, values, cache, scale, mask, **options)


def causal_attention(queries: mx.array, keys: mx.array, values: mx.array, scale: float) -> mx.array:
    """softmax(``queries @ keys.T * scale``) @ ``values``, each place seeing itself and those before it."""

    def forward(queries: mx.array, keys: mx.array, values: mx.array) -> tuple[mx.array, mx.array]:
        return _forward(_grouped(queries, keys) * (scale * LOG2_E), mx.contiguous(keys), mx.contiguous(values))

    def backward(primals: Sequence[mx.array], cotangents: Sequence[mx.array], outputs: Sequence[mx.array]) -> Any:
        queries, keys, values = primals
        cotangent, output = (_grouped(a, keys) for a in (cotangents[0], outputs[0]))
        grouped = _grouped(queries, keys) * (scale * LOG2_E)
        delta = mx.sum(cotangent * output, axis=-1, keepdims=True)
        by_query, by_key, by_value = _backward(
            grouped, mx.contiguous(keys), mx.contiguous(values), cotangent, delta, outputs[1]
        )
        # The powers were of 2: what the chain rule gives for those is taken back here.
        return by_query.reshape(queries.shape) * scale, by_key * (1 / LOG2_E), by_value

    function: Any = mx.custom_function(forward)
    function.vjp(backward)
    return function(queries, keys, values)[0]


def _grouped(x: mx.array, keys: mx.array) -> mx.array:
    """(batch, heads, length, width) to (batch, key heads, heads that share a key, length, width)."""
    batch, heads, length, width = x.shape
    return x.reshape(batch, keys.shape[1], heads // keys.shape[1], length, width)


def _rows(x: mx.array, block: slice) -> mx.array:
    """A block of the queries' side, all heads that share a key one below the other: one product for them all."""
    part = x[:, :, :, block]
    return part.reshape(*part.shape[:2], -1, part.shape[-1])


def _scores(rows: mx.array, keys: mx.array, block: slice) -> mx.array:
    """Logarithms to the base 2, (batch, key heads, rows, keys up to the block's end), what is ahead hidden."""
    scores = rows @ keys[:, :, : block.stop].swapaxes(-1, -2)
    ahead = mx.arange(block.stop)[None, :] > mx.arange(block.start, block.stop)[:, None]
    hidden = ahead.astype(mx.float32) * HIDDEN
    apart = scores.reshape(*scores.shape[:2], -1, *hidden.shape) + hidden
    return apart.reshape(scores.shape)


def _forward(queries: mx.array, keys: mx.array, values: mx.array) -> tuple[mx.array, mx.array]:
    """Output (batch, heads, length, width), and the logarithm of each row's sum (..., heads that share, length, 1)."""
    batch, groups, shared, length, width = queries.shape
    outputs: list[mx.array] = []
    sums: list[mx.array] = []
    for block in blocks(length, BLOCK):
        # Each block waits for the one before, else all their scores would be alive together.
        rows = mx.depends([_rows(queries, block)], outputs[-1:])[0]
        scores = _scores(rows, keys, block)
        top = mx.max(scores, axis=-1, keepdims=True)
        powers = exp2(scores - top)
        total = mx.sum(powers, axis=-1, keepdims=True)
        outputs.append(((powers @ values[:, :, : block.stop]) / total).reshape(batch, groups, shared, -1, width))
        sums.append((top + mx.log2(total)).reshape(batch, groups, shared, -1, 1))
    output = mx.concatenate(outputs, axis=3)
    return output.reshape(batch, groups * shared, length, width), mx.concatenate(sums, axis=3)


def _backward(
    queries: mx.array, keys: mx.array, values: mx.array, cotangent: mx.array, delta: mx.array, sums: mx.array
) -> tuple[mx.array, mx.array, mx.array]:
    """Gradients by queries (grouped), keys and values; those by queries and keys still lack their scale."""
    by_query: list[mx.array] = []
    by_key, by_value = mx.zeros_like(keys), mx.zeros_like(values)
    for block in blocks(queries.shape[3], BLOCK):
        rows, by_key, by_value = mx.depends([_rows(queries, block), by_key, by_value], by_query[-1:])
        seen = slice(0, block.stop)
        downstream = _rows(cotangent, block)
        weights = exp2(_scores(rows, keys, block) - _rows(sums, block))
        change = weights * (downstream @ values[:, :, seen].swapaxes(-1, -2) - _rows(delta, block))
        by_value = by_value.at[:, :, seen].add(weights.swapaxes(-1, -2) @ downstream)
        by_key = by_key.at[:, :, seen].add(change.swapaxes(-1, -2) @ rows)
        part = change @ keys[:, :, seen]
        by_query.append(part.reshape(*queries.shape[:3], -1, queries.shape[-1]))
    return mx.concatenate(by_query, axis=3), by_key, by_value
