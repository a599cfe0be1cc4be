"""Powers, gate and attention for a CPU against MLX's own, their gradients too."""

import platform
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest

from nyay_lib.engine import cpu_layers
from nyay_lib.engine.denormals import flush_denormals
from nyay_lib.engine.exponential import exp2, exp_of_negative, sigmoid
from nyay_lib.engine.lanes import Lanes
from nyay_lib.engine.pieces import pieces

SHAPES = [(1, 4, 2, 1, 16), (2, 4, 2, 33, 16), (2, 9, 3, cpu_layers.BLOCK + 5, 64), (1, 2, 2, 2 * cpu_layers.BLOCK, 8)]


def test_powers_are_true_to_a_millionth() -> None:
    x = np.random.default_rng(0).uniform(-126, 126, 1 << 16).astype(np.float32)
    np.testing.assert_allclose(np.array(exp2(mx.array(x))), np.exp2(x.astype(np.float64)), rtol=3e-7)
    x = np.random.default_rng(0).uniform(-10, 0, 1 << 16).astype(np.float32)
    np.testing.assert_allclose(np.array(exp_of_negative(mx.array(x))), np.exp(x.astype(np.float64)), rtol=1e-6)
    x = 10 * x + 50
    np.testing.assert_allclose(np.array(sigmoid(mx.array(x))), 1 / (1 + np.exp(-x.astype(np.float64))), rtol=6e-6)


def test_powers_out_of_range_stay_finite() -> None:
    far = mx.array([-1e9, -200.0, -0.0, 0.0])
    assert exp2(far).tolist() == exp_of_negative(far).tolist() == pytest.approx([0.0, 0.0, 1.0, 1.0], abs=1e-37)
    assert sigmoid(mx.array([-1e9, 0.0, 1e9])).tolist() == pytest.approx([0.0, 0.5, 1.0], abs=1e-37)


@pytest.mark.skipif(platform.machine() != "x86_64" or sys.platform != "linux", reason="denormal numbers cost nothing")
def test_no_lane_of_a_process_that_flushes_denormal_numbers_computes_with_them() -> None:
    assert 0 < small() < 1e-38
    with ThreadPoolExecutor(1) as other:  # the flags are a thread's own, so this one keeps its own
        assert other.submit(flush_denormals).result()
        assert set(other.submit(lambda: [small(lane) for lane in range(Lanes().count)]).result()) == {0.0}
    assert 0 < small() < 1e-38


def small(lane: int = 0) -> float:
    """A product too small for a normal number, as a fresh lane computes it."""
    with Lanes().lane(lane):
        return (mx.array([1e-30]) * 1e-9).item()


def test_a_shorter_text_is_cut_into_as_many_pieces_as_the_longest() -> None:
    for total, sizes in ((405, [101, 101, 101, 102]), (369, [92, 92, 92, 93])):
        cut = pieces(total, 405, 128)
        assert [piece.stop - piece.start for piece in cut] == sizes
        assert (cut[0].start, cut[-1].stop) == (0, total)
    assert pieces(2, 1000, 128) == [slice(0, 1), slice(1, 2)]


def test_the_gate_is_the_plain_one() -> None:
    mx.random.seed(0)
    gate, x, weights = 6 * mx.random.normal((3, 40, 24)), mx.random.normal((3, 40, 24)), mx.random.normal((3, 40, 24))
    ours = mx.value_and_grad(lambda g, x: mx.sum(cpu_layers.swiglu(g, x) * weights), argnums=(0, 1))(gate, x)
    plain = mx.value_and_grad(lambda g, x: mx.sum(nn.silu(g) * x * weights), argnums=(0, 1))(gate, x)
    _compare(ours, plain)


def test_a_gate_in_half_precision_is_left_to_mlx_lm() -> None:
    gate, x = mx.random.normal((3, 8)).astype(mx.float16), mx.ones((3, 8), mx.float16)
    found, plain = cpu_layers.swiglu(gate, x), nn.silu(gate) * x
    assert found.dtype == mx.float16 and mx.allclose(found, plain, atol=2e-3)


@pytest.mark.parametrize(("batch", "heads", "kv_heads", "length", "width"), SHAPES)
def test_attention_is_the_plain_one(batch: int, heads: int, kv_heads: int, length: int, width: int) -> None:
    queries, keys, values, weights = _attended(batch, heads, kv_heads, length, width)

    def summed(function: Any) -> Any:
        return mx.value_and_grad(
            lambda q, k, v: mx.sum(function(q, k, v, scale=0.3, mask="causal") * weights), argnums=(0, 1, 2)
        )(queries, keys, values)

    _compare(
        summed(lambda q, k, v, **options: cpu_layers.attention(q, k, v, None, **options)),
        summed(mx.fast.scaled_dot_product_attention),
    )


def test_the_same_attention_twice_is_the_same_to_the_bit() -> None:
    arrays = _attended(2, 4, 2, 300, 16)[:3]
    gradient = mx.grad(lambda q, k, v: mx.sum(cpu_layers.causal_attention(q, k, v, 0.25) ** 2), argnums=(0, 1, 2))
    once, again = gradient(*arrays), gradient(*arrays)
    assert all(mx.array_equal(a, b) for a, b in zip(once, again, strict=True))


def test_one_query_over_earlier_keys_is_left_to_mlx_lm() -> None:
    queries, keys, values, _ = _attended(1, 4, 2, 9, 16)
    last = cpu_layers.attention(queries[:, :, -1:], keys, values, None, 0.25, None)
    whole = cpu_layers.attention(queries, keys, values, None, 0.25, "causal")
    np.testing.assert_allclose(np.array(last), np.array(whole[:, :, -1:]), rtol=1e-5, atol=1e-6)


def _attended(batch: int, heads: int, kv_heads: int, length: int, width: int) -> list[mx.array]:
    """Queries, keys, values as a model makes them, transposed, and weights for the output."""
    mx.random.seed(0)
    counts = (heads, kv_heads, kv_heads, heads)
    return [mx.random.normal((batch, length, count, width)).swapaxes(1, 2) for count in counts]


def _compare(ours: Any, plain: Any) -> None:
    """A value and gradients, equal but for rounding."""
    assert ours[0].item() == pytest.approx(plain[0].item(), rel=1e-4, abs=1e-3)
    for a, b in zip(ours[1], plain[1], strict=True):
        np.testing.assert_allclose(np.array(a), np.array(b), rtol=1e-4, atol=1e-5)
