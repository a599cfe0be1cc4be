"""Which tensor of a Hugging Face Llama becomes which tensor of the GGUF, and in which order of rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nyay_lib.errors import ExportError
from nyay_lib.export.llama_config import LlamaConfig
from nyay_lib.export.safetensors_reader import ITEM_BYTES, Floats, Tensor

MAX_F16 = 65504.0
HEAD = "lm_head.weight"
QUANTISED = (".scales", ".biases")  # what MLX keeps beside quantised weights


@dataclass(frozen=True, slots=True)
class RopeFactors:
    """The tensor by which llama.cpp learns of Llama 3's rotary scaling.

    Without it llama.cpp loads the file all the same, and goes wrong on long texts.
    """

    values: Floats
    name: str = "rope_freqs.weight"

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape

    @property
    def dtype(self) -> np.dtype[np.float16 | np.float32]:
        return self.values.dtype

    @property
    def bytes(self) -> int:
        """Size of the data, without padding."""
        return self.values.nbytes

    def pieces(self) -> Iterator[Floats]:
        """All of the values at once."""
        yield self.values


@dataclass(frozen=True, slots=True)
class Weights:
    """A tensor of the model: matrices in F16, vectors in F32, as llama.cpp's own converter writes them.

    ``head_width`` is set for q and k, whose rows change places within each head.
    """

    name: str
    source: Tensor
    head_width: int | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return self.source.shape

    @property
    def dtype(self) -> np.dtype[np.float16 | np.float32]:
        return np.dtype(np.float32) if len(self.shape) == 1 else np.dtype(np.float16)

    @property
    def bytes(self) -> int:
        """Size of the data, without padding."""
        return self.source.count * self.dtype.itemsize

    def pieces(self) -> Iterator[Floats]:
        """The values to write, a few MiB at a time, shape (rows, columns).

        Raises ExportError for a value that is not finite or too large for F16.
        """
        first = 0
        for piece in self.source.pieces(self.head_width or 1):
            values = _checked(piece, self, first)
            first += len(values)
            yield values if self.head_width is None else permute(values, self.head_width)


def plan(folder: Path, config: LlamaConfig, tensors: Mapping[str, Tensor]) -> list[Weights | RopeFactors]:
    """What to write, in the order of the computation; each source is used once and has the shape that is due.

    Raises ExportError for missing, unknown, quantised or misshapen tensors.
    """
    _refuse_quantised(tensors)
    tied = config.tie_word_embeddings if config.tie_word_embeddings is not None else HEAD not in tensors
    planned = [_weights(folder, tensors, *due) for due in _due(config, tied)]
    # A tied model computes its output with the embeddings, so a copy of them is not read by anyone.
    spare = {HEAD} if tied else set[str]()
    unknown = sorted(tensors.keys() - {weights.source.name for weights in planned} - spare)
    if unknown:
        tensor = tensors[unknown[0]]
        raise ExportError(f"{tensor.file}: tensor {tensor.name!r} has no place in a Llama: use a plain Llama model")
    factors = config.rope_factors
    return [*planned, RopeFactors(factors)] if factors is not None else [*planned]


def permute(rows: Floats, head_width: int) -> Floats:
    """Whole heads of q or k, shape (rows, columns), from Hugging Face's order of rows to llama.cpp's.

    Rotary positions turn pairs of rows: Hugging Face pairs the two halves of a head, llama.cpp neighbours.
    Source: llama.cpp, conversion/llama.py, LlamaModel.permute.
    """
    halves = rows.reshape(-1, 2, head_width // 2, rows.shape[1])
    return halves.swapaxes(1, 2).reshape(rows.shape)


def _due(config: LlamaConfig, tied: bool) -> Iterator[tuple[str, str, tuple[int, ...], int | None]]:
    """Source name, target name, shape and width of the heads whose rows change places."""
    hidden = config.hidden_size
    yield "model.embed_tokens.weight", "token_embd.weight", (config.vocab_size, hidden), None
    for layer in range(config.num_hidden_layers):
        for source, target, shape, width in _layer(config):
            yield f"model.layers.{layer}.{source}.weight", f"blk.{layer}.{target}.weight", shape, width
    yield "model.norm.weight", "output_norm.weight", (hidden,), None
    if not tied:
        yield HEAD, "output.weight", (config.vocab_size, hidden), None


def _layer(config: LlamaConfig) -> Iterator[tuple[str, str, tuple[int, ...], int | None]]:
    """The tensors of one layer."""
    hidden, inner, width = config.hidden_size, config.intermediate_size, config.head_width
    queries, keys = config.num_attention_heads * width, config.kv_heads * width
    yield "input_layernorm", "attn_norm", (hidden,), None
    yield "self_attn.q_proj", "attn_q", (queries, hidden), width
    yield "self_attn.k_proj", "attn_k", (keys, hidden), width
    yield "self_attn.v_proj", "attn_v", (keys, hidden), None
    yield "self_attn.o_proj", "attn_output", (hidden, queries), None
    yield "post_attention_layernorm", "ffn_norm", (hidden,), None
    yield "mlp.gate_proj", "ffn_gate", (inner, hidden), None
    yield "mlp.up_proj", "ffn_up", (inner, hidden), None
    yield "mlp.down_proj", "ffn_down", (hidden, inner), None


def _weights(
    folder: Path, tensors: Mapping[str, Tensor], source: str, name: str, shape: tuple[int, ...], width: int | None
) -> Weights:
    """The tensor ``source`` under its new name, if it is there and what it should be."""
    tensor = tensors.get(source)
    if tensor is None:
        raise ExportError(f"{folder}: tensor {source!r} is missing: write or fetch the model again")
    if tensor.shape != shape:
        raise ExportError(f"{tensor.file}: tensor {source!r} has shape {tensor.shape}, config.json says {shape}")
    if tensor.dtype not in ITEM_BYTES:
        known = ", ".join(ITEM_BYTES)
        raise ExportError(f"{tensor.file}: tensor {source!r} is {tensor.dtype}; convert the weights to one of {known}")
    return Weights(name, tensor, width)


def _refuse_quantised(tensors: Mapping[str, Tensor]) -> None:
    for name, tensor in tensors.items():
        if name.endswith(QUANTISED):
            raise ExportError(f"{tensor.file}: tensor {name!r} is of a quantised MLX model: dequantise it when fusing")


def _checked(values: Floats, weights: Weights, first_row: int) -> Floats:
    """``values`` in the type to be written, if it can hold them."""
    limit = min(MAX_F16 if weights.dtype == np.float16 else np.inf, float(np.finfo(values.dtype).max))
    # Without its sign a float's bits grow with its size, and infinity and NaN come last: one fast pass over integers.
    integer = np.dtype(f"u{values.itemsize}")
    sizes = values.view(integer) & np.iinfo(integer).max // 2
    bad = sizes > np.array(limit, values.dtype).view(integer)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise ExportError(
            f"{weights.source.file}: tensor {weights.source.name!r} has {values[row, column]} in row {first_row + row} "
            f"column {column}, which F16 cannot hold: training diverged or the file is damaged; make it again"
        )
    return values.astype(weights.dtype, copy=False)
