"""Every model that the file could not represent is refused in one line that names file and fact."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nyay_lib.errors import ExportError
from tests.nyay_lib.export.model_folder import Model

Q = "model.layers.0.self_attn.q_proj.weight"
ROPE = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}
LLAMA3_ROPE = ROPE | {"original_max_position_embeddings": 8192}


def refusal(model: Model, metadata: Mapping[str, str] = {}) -> str:
    """The message, which must be one line; nothing may be left behind."""
    before = {p for p in model.folder.parent.rglob("*")}
    with pytest.raises(ExportError) as caught:
        model.write(metadata)
    assert {p for p in model.folder.parent.rglob("*")} == before
    message = str(caught.value)
    assert "\n" not in message and len(message) < 1000
    return message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model_type": "qwen2"}, "model_type is 'qwen2'"),
        ({"quantization": {"bits": 8, "group_size": 64}}, "quantization is set"),
        ({"quantization_config": {"quant_method": "bitsandbytes"}}, "quantization_config is set"),
        ({"hidden_act": "gelu"}, "hidden_act is 'gelu'"),
        ({"attention_bias": True}, "attention_bias is True"),
        ({"mlp_bias": True}, "mlp_bias is True"),
        ({"rope_traditional": True}, "rope_traditional is True"),
        ({"partial_rotary_factor": 0.5}, "partial_rotary_factor is 0.5"),
        ({"rope_scaling": {"rope_type": "yarn", "factor": 4.0}}, "'yarn'"),
        ({"rope_scaling": {"type": "linear", "factor": 4.0}}, "'linear'"),
        ({"rope_parameters": {"rope_type": "dynamic", "factor": 2.0}}, "'dynamic'"),
        ({"rope_scaling": ROPE}, "original_max_position_embeddings"),
        ({"rope_scaling": LLAMA3_ROPE | {"high_freq_factor": 1.0}}, "low_freq_factor < high_freq_factor"),
        ({"rope_scaling": LLAMA3_ROPE, "rope_parameters": {"rope_type": "default"}}, "differ"),
        ({"rope_parameters": {"rope_theta": 10000.0}}, "rope_theta has the values [10000.0, 500000.0]"),
        ({"num_key_value_heads": 3}, "no possible attention"),
        ({"head_dim": 15}, "no possible attention"),
        ({"hidden_size": "64 wide"}, "hidden_size is '64 wide'"),
        ({"rms_norm_eps": float("nan")}, "rms_norm_eps is nan"),
        ({"vocab_size": 400}, "shape (475, 64), config.json says (400, 64)"),
        ({"num_hidden_layers": 3}, "'model.layers.2.input_layernorm.weight' is missing"),
        ({"num_hidden_layers": 1}, "'model.layers.1.input_layernorm.weight' has no place"),
        ({"tie_word_embeddings": False}, "'lm_head.weight' is missing"),
        ({"eos_token_id": [471, 472, 473, 474]}, "eos_token_id has [471, 472, 473"),
        ({"bos_token_id": -1}, "bos_token_id"),
        ({"pad_token_id": 475}, "token id 475 is outside"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_configuration(model: Model, change: dict[str, Any], words: str) -> None:
    model.config(**change)
    message = refusal(model)
    assert words in message and str(model.folder) in message


def drop_key(key: str) -> Callable[[Any], Any]:
    return lambda value: value.pop(key)


def test_incomplete_configuration(model: Model) -> None:
    model.edit("config.json", drop_key("intermediate_size"))
    assert "intermediate_size is missing" in refusal(model)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "generation_config.json"])
@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"text"', "[" * 100_000, "\ud800"])
def test_json_that_is_none(model: Model, name: str, text: str) -> None:
    (model.folder / name).write_text(text, errors="surrogatepass")
    assert f"{model.folder / name} cannot be read as a JSON object" in refusal(model)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json"])
def test_missing_file(model: Model, name: str) -> None:
    (model.folder / name).unlink()
    assert f"{name} is missing" in refusal(model)


def test_folder_without_weights(model: Model) -> None:
    (model.folder / "model.safetensors").unlink()
    assert "neither model.safetensors nor" in refusal(model)


def test_folder_that_does_not_exist(model: Model) -> None:
    shutil.rmtree(model.folder)
    assert "config.json is missing" in refusal(model)


@pytest.mark.parametrize("name", ["model.layers.0.self_attn.q_proj.bias", "model.layers.0.mlp.experts.0.weight", "x"])
def test_tensor_without_a_place(model: Model, name: str) -> None:
    model.save(model.tensors | {name: np.zeros(4, np.float16)})
    assert f"{name!r} has no place" in refusal(model)


def test_quantised_weights_of_mlx(model: Model) -> None:
    scales = Q.replace(".weight", ".scales")
    model.save(model.tensors | {scales: np.zeros((64, 1), np.float16)})
    assert f"{scales!r} is of a quantised MLX model" in refusal(model)


def test_weights_of_another_type(model: Model) -> None:
    model.save(model.tensors | {Q: np.zeros((64, 64), np.int32)})
    assert f"{Q!r} is I32" in refusal(model)


def test_missing_tensor(model: Model) -> None:
    model.save({name: tensor for name, tensor in model.tensors.items() if name != Q})
    assert f"{Q!r} is missing" in refusal(model)


def test_misshapen_tensor(model: Model) -> None:
    model.save(model.tensors | {Q: np.zeros((32, 64), np.float16)})
    assert f"{Q!r} has shape (32, 64)" in refusal(model)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize("name", [Q, "model.layers.1.input_layernorm.weight"])
def test_value_that_is_not_finite(model: Model, value: float, dtype: Any, name: str) -> None:
    tensors = model.tensors
    tensors[name] = tensors[name].astype(dtype)
    tensors[name][17] = value
    model.save(tensors)
    message = refusal(model)
    assert f"{name!r} has {value} in row 17 column 0" in message


def test_value_is_found_in_a_later_piece(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nyay_lib.export.safetensors_reader.PIECE_BYTES", 1000)
    tensors = model.tensors
    tensors[Q][50, 7] = np.nan
    model.save(tensors)
    assert "in row 50 column 7" in refusal(model)


def test_value_too_large_for_f16(model: Model) -> None:
    tensors = model.tensors
    tensors[Q] = tensors[Q].astype(np.float32)
    tensors[Q][63, 5] = -65505.0
    model.save(tensors)
    assert f"{Q!r} has -65505.0 in row 63 column 5" in refusal(model)


def test_largest_value_of_f16_is_kept(model: Model, read_tensors: Any) -> None:
    tensors = model.tensors
    tensors[Q] = tensors[Q].astype(np.float32)
    tensors[Q][0, 0] = 65504.0
    model.save(tensors)
    assert read_tensors(model.write())["blk.0.attn_q.weight"][0, 0] == 65504.0


# --- safetensors ----------------------------------------------------------------------------------------------------


def header(content: Any) -> bytes:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return len(text).to_bytes(8, "little") + text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "cut short"),
        (b"\x01\x00", "cut short"),
        (b"\xff" * 64, "cut short"),
        (header(b"no json"), "damaged safetensors header"),
        (header([]), "damaged safetensors header"),
        (header({"x": 1}), "damaged safetensors header"),
        (header({"x": {"dtype": "F16", "shape": [-2], "data_offsets": [0, 4]}}), "damaged safetensors header"),
        (header({"x": {"dtype": "F16", "shape": [2], "data_offsets": [4, 0]}}), "cannot have -4 bytes"),
        (header({"x": {"dtype": "F16", "shape": [3], "data_offsets": [0, 4]}}) + bytes(4), "cannot have 4 bytes"),
        (header({"x": {"dtype": "F16", "shape": [2], "data_offsets": [0, 4]}}) + bytes(3), "is cut short: tensor 'x'"),
    ],
)
def test_damaged_weights(model: Model, data: bytes, words: str) -> None:
    (model.folder / "model.safetensors").write_bytes(data)
    assert words in refusal(model)


def test_weights_cut_short(model: Model) -> None:
    path = model.folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-10])
    assert "is cut short: tensor 'model.norm.weight'" in refusal(model)


def test_weights_cut_short_while_they_are_read(model: Model) -> None:
    def cut(done: int, total: int) -> None:
        os.truncate(model.folder / "model.safetensors", 4000)

    with pytest.raises(ExportError, match="became shorter"):
        model.write(on_progress=cut)


def shard(model: Model, weight_map: Callable[[dict[str, str]], Any]) -> None:
    """Two shards and an index with ``weight_map``."""
    tensors = model.tensors
    (model.folder / "model.safetensors").unlink()
    model.save({name: tensor for name, tensor in tensors.items() if name == Q}, "model-1.safetensors")
    model.save({name: tensor for name, tensor in tensors.items() if name != Q}, "model-2.safetensors")
    true = {name: "model-1.safetensors" if name == Q else "model-2.safetensors" for name in tensors}
    (model.folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map(true)}))


INDEXES: list[tuple[Callable[[dict[str, str]], Any], str]] = [
    (lambda _: None, "no weight_map"),
    (lambda _: {"x": 1}, "no weight_map"),
    (lambda true: true | {Q: "../model-1.safetensors"}, "not a file name"),
    (lambda true: true | {Q: "model-3.safetensors"}, "model-1.safetensors is not in"),
    (lambda true: true | {"x": "model-3.safetensors"}, "model-3.safetensors cannot be read"),
    (lambda true: true | {"x": "model-1.safetensors"}, "'x' should be in 'model-1.safetensors' and is in None"),
    (lambda true: true | {"model.norm.weight": "model-1.safetensors"}, "is in 'model-2.safetensors'"),
]


@pytest.mark.parametrize(("weight_map", "words"), INDEXES)
def test_index_at_odds_with_the_shards(model: Model, weight_map: Callable[[dict[str, str]], Any], words: str) -> None:
    shard(model, weight_map)
    assert words in refusal(model)


def test_tensor_in_two_shards(model: Model) -> None:
    shard(model, lambda true: true)
    model.save({Q: np.zeros((64, 64), np.float16), "model.norm.weight": np.ones(64, np.float16)}, "model-1.safetensors")
    assert "'model.norm.weight' is in" in refusal(model)


# --- tokenizer ------------------------------------------------------------------------------------------------------


def in_model(**keys: Any) -> Callable[[Any], None]:
    return lambda tokenizer: tokenizer["model"].update(keys)


def split_regex(regex: str) -> Callable[[Any], None]:
    return lambda t: t["pre_tokenizer"]["pretokenizers"][0]["pattern"].update(Regex=regex)


TOKENIZERS: list[tuple[Callable[[Any], Any], str]] = [
    (in_model(type="Unigram"), "model.type is not as in a byte-level BPE tokenizer"),
    (in_model(vocab=["a"]), "model.vocab is not as in"),
    (in_model(merges=[]), "there are no merges"),
    (in_model(dropout=0.1), "model.dropout is 0.1"),
    (in_model(byte_fallback=True), "model.byte_fallback is True"),
    (in_model(end_of_word_suffix="</w>"), "model.end_of_word_suffix is '</w>'"),
    (in_model(ignore_merges=False), "ignore_merges False is neither llama-bpe nor smollm"),
    (split_regex(r"\p{N}{1,2}"), "is neither llama-bpe nor smollm"),
    (lambda t: t.update(pre_tokenizer=None), "is neither llama-bpe nor smollm"),
    (lambda t: t.update(pre_tokenizer={"type": "Whitespace"}), "'Whitespace'"),
    (lambda t: t.update(normalizer={"type": "NFC"}), "normalizer {'type': 'NFC'}"),
    (lambda t: t["added_tokens"][0].update(lstrip=True), "sets lstrip"),
    (lambda t: t["added_tokens"][0].update(single_word=True), "sets single_word"),
    (lambda t: t["added_tokens"][0].update(id=3), "share an id"),
    (lambda t: t["added_tokens"][0].update(content="a"), "token 'a' has the ids"),
    (lambda t: t["added_tokens"][0].update(id=475), "token id 475, but the embedding only 475 rows"),
    (lambda t: t["added_tokens"][0].update(content=""), "has an empty token"),
    (lambda t: t["added_tokens"][2].update(content="<start>"), "no chat tokens that are known"),
    (drop_key("model"), "model is not as in"),
]


@pytest.mark.parametrize(("change", "words"), TOKENIZERS)
def test_tokenizer(model: Model, change: Callable[[Any], Any], words: str) -> None:
    model.edit("tokenizer.json", change)
    assert words in refusal(model)


def test_end_ids_that_are_none(model: Model) -> None:
    (model.folder / "generation_config.json").write_text('{"eos_token_id": "<|eot_id|>"}')
    assert "eos_token_id is '<|eot_id|>'" in refusal(model)


# --- metadata and target --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key",
    ["general.architecture", "general.name", "general.tags", "general.base_model.count", "llama.x", "Nyay.Run", ""],
)
def test_metadata_key_that_is_not_free(model: Model, key: str) -> None:
    assert f"{key!r} is not free" in refusal(model, {key: "x"})


def test_target_that_is_a_source(model: Model, tmp_path: Path) -> None:
    (tmp_path / "model.gguf").symlink_to(model.folder / "model.safetensors")
    before = (model.folder / "model.safetensors").read_bytes()
    assert "one of the model's own files" in refusal(model)
    assert (model.folder / "model.safetensors").read_bytes() == before


def test_target_that_is_a_folder(model: Model, tmp_path: Path) -> None:
    (tmp_path / "model.gguf").mkdir()
    assert "is a folder" in refusal(model)


def test_disk_without_room(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(model.folder)
    full = usage._replace(free=1000)

    def disk_usage(_: Path) -> object:
        return full

    monkeypatch.setattr("shutil.disk_usage", disk_usage)
    assert "0.0 GB free" in refusal(model)
