"""The keys of a Llama's GGUF: what the model is called and comes from, its sizes, its tokenizer.

Source of names and types: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import re
from collections.abc import Mapping

import gguf

from nyay_lib.errors import ExportError
from nyay_lib.export.gguf_tokenizer import GgufTokenizer
from nyay_lib.export.llama_config import LlamaConfig

ARCHITECTURE = "llama"
# Free-form metadata is text about the model's origin, or a key of our own; keys of numbers and lists are not text.
TEXT_KEY = re.compile(r"(general|nyay)(\.[a-z0-9_]+)+")
TAKEN = re.compile(
    r"general\.(architecture|type|name|size_label|alignment|file_type|quantization_version|tags|languages|.*\.count)"
)
SOURCE_KEY = re.compile(r"general\.(base_model|dataset)\.(\d{1,2})\.")


def add_metadata(
    writer: gguf.GGUFWriter,
    config: LlamaConfig,
    tokenizer: GgufTokenizer,
    *,
    name: str,
    parameters: int,
    metadata: Mapping[str, str],
) -> None:
    """Give ``writer`` every key of the file. Raises ExportError for a key in ``metadata`` that is not free."""
    _add_general(writer, name, parameters, metadata)
    _add_sizes(writer, config)
    _add_tokenizer(writer, tokenizer)


def _add_general(writer: gguf.GGUFWriter, name: str, parameters: int, metadata: Mapping[str, str]) -> None:
    writer.add_type(gguf.GGUFType.MODEL)
    writer.add_name(name)
    writer.add_size_label(gguf.size_label(parameters, parameters, 0, 0))
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    for key, text in metadata.items():
        if not TEXT_KEY.fullmatch(key) or TAKEN.fullmatch(key):
            raise ExportError(f"GGUF metadata key {key!r} is not free for text: use nyay.NAME or general.license")
        writer.add_string(key, text)
    _add_counts(writer, metadata)


def _add_counts(writer: gguf.GGUFWriter, metadata: Mapping[str, str]) -> None:
    """How many base models and data sets the keys ``general.base_model.N...`` name."""
    found = [match for match in map(SOURCE_KEY.match, metadata) if match]
    for kind in sorted({match[1] for match in found}):
        numbers = {int(match[2]) for match in found if match[1] == kind}
        writer.add_uint32(f"general.{kind}.count", max(numbers) + 1)


def _add_sizes(writer: gguf.GGUFWriter, config: LlamaConfig) -> None:
    writer.add_vocab_size(config.vocab_size)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.kv_heads)
    writer.add_key_length(config.head_width)
    writer.add_value_length(config.head_width)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_dimension_count(config.head_width)
    writer.add_rope_freq_base(config.theta)


def _add_tokenizer(writer: gguf.GGUFWriter, tokenizer: GgufTokenizer) -> None:
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(tokenizer.pre)
    writer.add_token_list(tokenizer.tokens)
    writer.add_token_types(tokenizer.types)
    writer.add_token_merges(tokenizer.merges)
    # llama.cpp's defaults differ by pre-tokenizer, so they are said outright.
    writer.add_add_bos_token(bool(tokenizer.chat.bos))
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(tokenizer.chat.jinja)
    _add_special_ids(writer, tokenizer)


def _add_special_ids(writer: gguf.GGUFWriter, tokenizer: GgufTokenizer) -> None:
    """Ids that begin and end. llama.cpp stops at eos, eot and eom; Ollama's own engine reads eos_token_ids."""
    if tokenizer.bos is not None:
        writer.add_bos_token_id(tokenizer.bos)
    writer.add_eos_token_id(tokenizer.eos)
    writer.add_eot_token_id(tokenizer.eot)
    if tokenizer.eom is not None:
        writer.add_eom_token_id(tokenizer.eom)
    if tokenizer.pad is not None:
        writer.add_pad_token_id(tokenizer.pad)
    writer.add_array("tokenizer.ggml.eos_token_ids", tokenizer.ends)
