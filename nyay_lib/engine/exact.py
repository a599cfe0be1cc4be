"""A model computed in f32 from the weights as they are stored, on any device.

What is held against each other must differ by what an export did, not by the type that a device likes to compute in.
"""

from pathlib import Path
from typing import Any

import mlx.core as mx
import mlx.nn as nn

from nyay_lib.engine import cpu_layers
from nyay_lib.engine.model import LoadedModel, is_quantized, load_as_stored, prepare_for_cpu


def load_exact(folder: Path) -> LoadedModel:
    """Load an MLX or a Hugging Face folder.

    Quantised weights are what they are in training; weights in 16 bits stay so in memory, and a product widens them at
    each use, since what they are multiplied with is f32.
    """
    loaded = load_as_stored(folder)
    model, on_cpu = loaded.model, mx.default_device() == mx.cpu
    if not any(is_quantized(module) for module in model.modules()):
        widen(model)
        cpu_layers.install() if on_cpu else None
    elif on_cpu:
        prepare_for_cpu(model)
    else:
        model.set_dtype(mx.float32)
    model.eval()
    return loaded


def widen(model: Any) -> None:
    """Let f32 flow through the model from its embedding on."""
    model.model.embed_tokens.__class__ = WideEmbedding


class WideEmbedding(nn.Embedding):
    """An embedding that answers in f32, whatever its weights are stored in."""

    def __call__(self, x: mx.array) -> mx.array:
        return super().__call__(x).astype(mx.float32)
