"""How large a loaded model is, and what of its work grows with the length of a row."""

from typing import Any

import mlx.nn as nn

from nyay_lib.engine.model import dense_size, is_quantized

F32_BYTES = 4
# Attention multiplies with queries and values, half of what stands before a token being masked; backwards it is two
# and a half times as much as forwards. All other weights are multiplied with forwards and backwards.
ATTENTION_FLOPS, WEIGHT_FLOPS = 7.0, 4.0


def dense_bytes(model: Any) -> int:
    """Bytes of all matrices written out in f32."""
    return F32_BYTES * sum(matrix_size(module) for module in model.modules())


def attention_ratio(model: Any) -> float:
    """FLOP of attention over those of the layers' weights, for each token of a row's length."""
    args = model.args
    width = args.num_attention_heads * (args.head_dim or args.hidden_size // args.num_attention_heads)
    weights = sum(matrix_size(module) for layer in model.layers for module in layer.modules())
    return ATTENTION_FLOPS * width * len(model.layers) / (WEIGHT_FLOPS * weights)


def kept_bytes(model: Any) -> int:
    """Bytes of the inputs of all layers in f32, for each token."""
    return F32_BYTES * model.args.hidden_size * len(model.layers)


def matrix_size(module: nn.Module) -> int:
    """Number of weights of a linear layer or an embedding, 0 for another module."""
    if is_quantized(module):
        return dense_size(module)
    return module["weight"].size if isinstance(module, nn.Linear | nn.Embedding) else 0
