"""The base model in memory, and the adapter on it."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlx.core as mx
import mlx.nn as nn
import psutil
from mlx.utils import tree_flatten, tree_unflatten
from mlx_lm.utils import load_model
from tokenizers import Tokenizer

from nyay_lib.base_model.tokenizer import eos_token_ids, load_tokenizer
from nyay_lib.config import LoraConfig
from nyay_lib.engine import cpu_layers
from nyay_lib.engine.lora import Dropout, LoraLinear
from nyay_lib.errors import BaseModelError, ConfigError
from nyay_lib.prompt import ChatFormat, chat_format

# Above this share of the free memory the base stays quantised and is dequantised a layer at a time.
DENSE_SHARE = 0.4
# Fewer tokens than this are multiplied by MLX's own kernel, which reads each byte once and is slow by the token:
# on one core a layer of 3,072 x 3,072 takes it 6.4 ms a token, dequantising takes 23 ms for any few of them.
FEW_TOKENS = 4
BYTE = 8


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model with its tokenizer. ``model(tokens)`` maps (batch, length) to logits (batch, length, vocabulary)."""

    model: Any
    tokenizer: Tokenizer
    chat: ChatFormat
    eos: tuple[int, ...]


def load(folder: Path) -> LoadedModel:
    """Load an MLX folder, to compute fast on this device. Raises BaseModelError for one that MLX cannot read."""
    loaded = load_as_stored(folder)
    if mx.default_device() == mx.cpu:
        prepare_for_cpu(loaded.model)
    return loaded


def load_as_stored(folder: Path) -> LoadedModel:
    """The same with every weight in the type that it is stored in."""
    try:
        model, _ = load_model(folder)
    except (FileNotFoundError, ValueError, KeyError) as error:
        raise BaseModelError(f"{folder}: is not a model that MLX can load: {error}") from error
    model.freeze()
    tokenizer = load_tokenizer(folder)
    return LoadedModel(model, tokenizer, chat_format(tokenizer.get_vocab()), eos_token_ids(folder))


def prepare_for_cpu(model: nn.Module) -> None:
    """Compute in f32 from the same quantised weights: MLX's own 8-bit kernels are 30 times slower than f32 on a CPU.

    The weights are dequantised once if there is room for them, else at each use.
    """
    cpu_layers.install()
    model.set_dtype(mx.float32)
    dense_bytes = 4 * sum(dense_size(module) for module in model.modules())
    room = psutil.virtual_memory().available * DENSE_SHARE
    convert = to_dense if dense_bytes < room else to_dequantising
    replaced = [(name, convert(module)) for name, module in model.named_modules() if is_quantized(module)]
    model.update_modules(tree_unflatten(replaced))
    mx.eval(model.parameters())


def is_quantized(module: nn.Module) -> bool:
    """Whether the module's weights are packed integers."""
    return isinstance(module, nn.QuantizedLinear | nn.QuantizedEmbedding)


def dense_size(module: Any) -> int:
    """Number of weights of a quantised module, 0 for another."""
    return module.scales.size * module.group_size if is_quantized(module) else 0


def dequantized(module: Any) -> mx.array:
    """The module's weights (outputs, inputs) in the type of its scales."""
    if mx.default_device() == mx.cpu and module.bits == BYTE and sys.byteorder == "little":
        return _from_bytes(module)
    return mx.dequantize(module.weight, module.scales, module.biases, module.group_size, module.bits)


def _from_bytes(module: Any) -> mx.array:
    """The same values where a weight is a byte; MLX's own way on a CPU, a shift for each, takes twice as long."""
    outputs, groups = module.scales.shape
    integers = module.weight.view(mx.uint8).reshape(outputs, groups, module.group_size)
    values = integers.astype(module.scales.dtype) * module.scales[..., None] + module.biases[..., None]
    return values.reshape(outputs, -1)


def to_dense(module: Any) -> nn.Module:
    """The same layer with its weights written out."""
    dense: Any = (
        nn.Embedding(1, 1) if isinstance(module, nn.QuantizedEmbedding) else nn.Linear(1, 1, bias="bias" in module)
    )
    dense.weight = dequantized(module)
    if "bias" in module:
        dense.bias = module.bias
    return dense.freeze()


def to_dequantising(module: Any) -> nn.Module:
    """The same layer, its weights packed, computed as dequantise and multiply."""
    embedding = isinstance(module, nn.QuantizedEmbedding)
    changed: Any = module
    changed.__class__ = DequantisingEmbedding if embedding else DequantisingLinear
    return changed


def multiply(module: nn.Module, x: mx.array) -> mx.array:
    """``x @ W.T`` for a quantised module. The backward pass dequantises again: no copy of W waits for it."""

    def forward(x: mx.array) -> mx.array:
        return _multiply_few(module, x) if x.size < FEW_TOKENS * x.shape[-1] else x @ dequantized(module).T

    def backward(_: mx.array, cotangent: mx.array, __: mx.array) -> mx.array:
        return cotangent @ dequantized(module)

    function: Any = mx.custom_function(forward)
    function.vjp(backward)
    return function(x)


def _multiply_few(module: Any, x: mx.array) -> mx.array:
    weights = (module.weight, module.scales, module.biases)
    return mx.quantized_matmul(x, *weights, transpose=True, group_size=module.group_size, bits=module.bits)


class DequantisingLinear(nn.QuantizedLinear):
    """A quantised layer for a CPU."""

    def __call__(self, x: mx.array) -> mx.array:
        y = multiply(self, x)
        return y + self["bias"] if "bias" in self else y


class DequantisingEmbedding(nn.QuantizedEmbedding):
    """A quantised embedding for a CPU."""

    def as_linear(self, x: mx.array) -> mx.array:
        return multiply(self, x)


def attach_lora(model: Any, lora: LoraConfig) -> Dropout:
    """Put trainable adapters on the target modules of every layer; returns the switch of their dropout.

    Raises ConfigError when a name matches no module, as mlx-lm would silently train nothing.
    """
    dropout = Dropout(lora.dropout)
    found: set[str] = set()
    for index, layer in enumerate(model.layers):
        targets = [
            (name, module) for name, module in layer.named_modules() if name.split(".")[-1] in lora.target_modules
        ]
        found |= {name.split(".")[-1] for name, _ in targets}
        adapted = [
            (name, LoraLinear(module, lora.rank, lora.scale, dropout, index * len(targets) + place))
            for place, (name, module) in enumerate(targets)
        ]
        layer.update_modules(tree_unflatten(adapted))
    if missing := sorted(set(lora.target_modules) - found):
        raise ConfigError(
            f"lora.target_modules: {missing[0]!r} is no module of this model; known are {linear_names(model)}"
        )
    return dropout


def linear_names(model: Any) -> str:
    """Names of the linear modules of a layer, for an error message."""
    linears = nn.Linear | nn.QuantizedLinear | LoraLinear
    return ", ".join(sorted({n.split(".")[-1] for n, m in model.layers[0].named_modules() if isinstance(m, linears)}))


def trainable_parameters(model: nn.Module) -> dict[str, mx.array]:
    """The adapter's weights by name, as mlx-lm names them."""
    return dict(tree_flatten(model.trainable_parameters()))


def load_adapter(model: nn.Module, adapter: Path) -> None:
    """Put trained weights into attached adapters."""
    model.load_weights(str(adapter / "adapters.safetensors"), strict=False)
