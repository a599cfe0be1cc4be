"""Loss, dropout and layers against the plain way of writing them."""

import ctypes
from pathlib import Path

import mlx.core as mx
import mlx.nn as nn
import numpy as np
import pytest

from nyay_lib.config import LoraConfig
from nyay_lib.engine.batches import Row, pad
from nyay_lib.engine.lanes import Lanes
from nyay_lib.engine.lora import Dropout
from nyay_lib.engine.loss import CHUNK, mean_loss, nll_sum, projected_nll
from nyay_lib.engine.model import FEW_TOKENS, attach_lora, dequantized, load, multiply


def test_the_loss_and_its_gradient_equal_the_plain_cross_entropy() -> None:
    mx.random.seed(0)
    weights, hidden = mx.random.normal((97, 16)), mx.random.normal((2 * CHUNK + 3, 16))
    targets = mx.random.randint(0, 97, (hidden.shape[0],))

    def plain(hidden: mx.array) -> mx.array:
        return nn.losses.cross_entropy(hidden @ weights.T, targets, reduction="sum")

    ours = mx.value_and_grad(lambda h: projected_nll(weights, h, targets))(hidden)
    theirs = mx.value_and_grad(plain)(hidden)
    assert ours[0].item() == pytest.approx(theirs[0].item(), rel=1e-5)
    np.testing.assert_allclose(np.array(ours[1]), np.array(theirs[1]), atol=1e-4)


def test_only_completion_tokens_count(base: Path) -> None:
    loaded = load(base)
    row = Row(0, tuple(range(5, 25)), 12)
    logits = loaded.model(mx.array([list(row.tokens[:-1])]))[0].astype(mx.float32)
    logprobs = logits - mx.logsumexp(logits, axis=-1, keepdims=True)
    expected = -sum(logprobs[i - 1, row.tokens[i]].item() for i in range(12, 20))
    assert nll_sum(loaded.model, pad([row])).item() == pytest.approx(expected, rel=1e-4)


def test_padding_and_lanes_change_no_loss(base: Path) -> None:
    loaded = load(base)
    rows = [Row(i, tuple(range(3, 10 + 9 * i)), 4) for i in range(4)]
    alone = sum(nll_sum(loaded.model, pad([row])).item() for row in rows) / sum(row.completion_tokens for row in rows)
    assert mean_loss(loaded.model, rows, 4, Lanes()) == pytest.approx(alone, rel=1e-5)


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "openblas_get_num_threads"), reason="another BLAS computes here")
@pytest.mark.skipif(len(Lanes().deal(range(2))) < 2, reason="a machine of one core has one lane")
def test_cores_without_a_row_are_lent_to_the_products() -> None:
    threads, lanes = ctypes.CDLL(None).openblas_get_num_threads, Lanes()
    most = len(lanes.deal(range(64)))
    assert threads() == 1
    assert len(lanes.deal([0])) == 1
    assert threads() == most


def test_a_rows_dropout_does_not_depend_on_its_neighbours() -> None:
    dropout, x = Dropout(0.3), mx.ones((2, 40, 64))
    dropout.rows = mx.array([11, 12], mx.uint32)
    both = dropout(x, layer=5)
    dropout.rows = mx.array([12], mx.uint32)
    alone = dropout(x[:1, :25], layer=5)
    assert mx.array_equal(both[1:, :25], alone)
    assert not mx.array_equal(dropout(x[:1], layer=5), dropout(x[:1], layer=6))


def test_dropout_takes_its_share_and_keeps_the_mean() -> None:
    dropout = Dropout(0.05)
    dropout.rows = mx.arange(8, dtype=mx.uint32)
    dropped = dropout(mx.ones((8, 200, 128)), layer=0)
    assert mx.mean(dropped == 0).item() == pytest.approx(0.05, abs=0.002)
    assert mx.mean(dropped).item() * dropout.gain == pytest.approx(1.0, abs=0.003)


def test_an_attached_adapter_changes_nothing_before_it_is_trained(base: Path) -> None:
    loaded = load(base)
    tokens = mx.array([[5, 6, 7, 8]])
    before = loaded.model(tokens)
    attach_lora(loaded.model, LoraConfig())
    assert mx.array_equal(before, loaded.model(tokens))


@pytest.mark.parametrize("count", [1, FEW_TOKENS, 9])
def test_dequantise_and_multiply_has_the_value_and_gradient_of_the_dense_layer(count: int) -> None:
    mx.random.seed(1)
    layer = nn.QuantizedLinear(64, 32, bias=False, bits=8)
    x, dense = mx.random.normal((count, 64)), dequantized(layer)
    np.testing.assert_allclose(np.array(multiply(layer, x)), np.array(x @ dense.T), rtol=1e-4, atol=1e-5)
    ours = mx.grad(lambda x: mx.sum(multiply(layer, x) ** 2))(x)
    theirs = mx.grad(lambda x: mx.sum((x @ dense.T) ** 2))(x)
    np.testing.assert_allclose(np.array(ours), np.array(theirs), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("dtype", [mx.float32, mx.float16])
def test_bytes_are_dequantised_to_the_bit_as_mlx_does(dtype: mx.Dtype) -> None:
    layer = nn.QuantizedLinear(128, 48, bias=False, bits=8)
    layer.set_dtype(dtype)
    theirs = mx.dequantize(layer.weight, layer.scales, layer.biases, layer.group_size, layer.bits)
    assert dequantized(layer).dtype == dtype and mx.array_equal(dequantized(layer), theirs)
