"""Local and embedded models; the hub has tests of its own."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file  # pyright: ignore[reportUnknownVariableType]

from nyay_lib.base_model import SourceModel, check_source, fetch_source
from nyay_lib.base_model.folder import INDEX, WEIGHTS
from nyay_lib.config import ModelConfig
from nyay_lib.errors import BaseModelError
from nyay_lib.files import write_json

TINY = ModelConfig(name="embedded:tiny-random")


def quiet(done: int, total: int) -> None:
    pass


@pytest.fixture
def local(tiny: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny, tmp_path / "local")


def change(folder: Path, **values: Any) -> None:
    """Set keys of config.json; None removes one."""
    config = json.loads((folder / "config.json").read_text()) | values
    write_json(folder / "config.json", {key: value for key, value in config.items() if value is not None})


def refusal(folder: Path, cache: Path, quantization: Any = 8) -> str:
    """The one line that fetching and checking alike refuse a local folder with."""
    model = ModelConfig(name=str(folder), quantization=quantization)
    with pytest.raises(BaseModelError) as fetched:
        fetch_source(model, cache, quiet)
    with pytest.raises(BaseModelError) as checked:
        check_source(model, cache)
    assert str(fetched.value) == str(checked.value)
    assert "\n" not in str(fetched.value)
    return str(fetched.value)


def test_an_embedded_model_is_made_once(tmp_path: Path) -> None:
    first = fetch_source(TINY, tmp_path, quiet)
    made = (first.folder / WEIGHTS).stat().st_mtime_ns
    assert fetch_source(TINY, tmp_path, quiet) == first
    assert (first.folder / WEIGHTS).stat().st_mtime_ns == made
    assert (first.kind, first.licence, first.parameters, first.bits) == ("embedded", "mit", 104_448, None)


def test_the_result_survives_json(tmp_path: Path) -> None:
    source = fetch_source(TINY, tmp_path, quiet)
    assert SourceModel.model_validate_json(source.model_dump_json()) == source


def test_a_damaged_embedded_model_is_made_again(tmp_path: Path) -> None:
    first = fetch_source(TINY, tmp_path, quiet)
    (first.folder / WEIGHTS).write_bytes(b"cut")
    assert fetch_source(TINY, tmp_path, quiet) == first
    assert len(load_file(first.folder / WEIGHTS)) == 20


def test_a_cache_that_was_moved_is_still_good(tmp_path: Path) -> None:
    first = fetch_source(TINY, tmp_path / "old", quiet)
    (tmp_path / "old").rename(tmp_path / "new")
    moved = fetch_source(TINY, tmp_path / "new", quiet)
    assert moved.folder.is_relative_to(tmp_path / "new")
    assert moved.digest == first.digest


def test_an_unknown_embedded_model_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(BaseModelError, match="known are embedded:SmolLM2-135M-Instruct and embedded:tiny-random"):
        check_source(ModelConfig(name="embedded:gpt"), tmp_path)


def test_checking_an_embedded_model_makes_nothing(tmp_path: Path) -> None:
    check = check_source(TINY, tmp_path / "cache")
    assert (check.missing_bytes, check.parameters) == (0, 104_448)
    assert not (tmp_path / "cache").exists()


def test_a_local_folder_is_used_where_it_lies(local: Path, tmp_path: Path) -> None:
    (local / "README.md").write_text("---\nlicense: apache-2.0\n---\n# A model\n")
    source = fetch_source(ModelConfig(name=str(local)), tmp_path / "cache", quiet)
    assert (source.kind, source.folder, source.licence) == ("local", local.resolve(), "apache-2.0")
    assert source.digest == fetch_source(TINY, tmp_path / "cache", quiet).digest


def test_a_relative_folder_is_not_taken_for_a_repository(
    local: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert fetch_source(ModelConfig(name="local"), tmp_path / "cache", quiet).folder == local.resolve()


def test_any_change_of_the_model_changes_its_digest(local: Path, tmp_path: Path) -> None:
    model = ModelConfig(name=str(local))
    first = fetch_source(model, tmp_path, quiet).digest
    change(local, rms_norm_eps=1e-6)
    assert fetch_source(model, tmp_path, quiet).digest != first


def test_shards_are_counted_and_a_missing_one_is_named(local: Path, tmp_path: Path) -> None:
    weights = load_file(local / WEIGHTS)
    (local / WEIGHTS).unlink()
    names = sorted(weights)
    shards = {"model-00001-of-00002.safetensors": names[:9], "model-00002-of-00002.safetensors": names[9:]}
    for shard, held in shards.items():
        save_file({name: weights[name] for name in held}, local / shard)
    write_json(local / INDEX, {"weight_map": {name: shard for shard, held in shards.items() for name in held}})
    assert check_source(ModelConfig(name=str(local)), tmp_path).parameters == 104_448
    (local / "model-00002-of-00002.safetensors").unlink()
    assert "model-00002-of-00002.safetensors is missing" in refusal(local, tmp_path)


def test_pickled_weights_alone_are_refused(local: Path, tmp_path: Path) -> None:
    (local / WEIGHTS).rename(local / "pytorch_model.bin")
    assert "can run code when they are read" in refusal(local, tmp_path)


@pytest.mark.parametrize(
    ("missing", "words"),
    [("config.json", "no config.json"), ("tokenizer.json", "no tokenizer.json"), (WEIGHTS, f"no {WEIGHTS}")],
)
def test_a_missing_file_is_named(local: Path, tmp_path: Path, missing: str, words: str) -> None:
    (local / missing).unlink()
    assert words in refusal(local, tmp_path)


def test_a_missing_folder_and_a_file_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    assert "is a file" in refusal(tmp_path / "model.gguf", tmp_path)
    assert "does not exist" in refusal(tmp_path / "nothing", tmp_path)


def test_another_architecture_is_refused_by_name(local: Path, tmp_path: Path) -> None:
    change(local, architectures=["Qwen2ForCausalLM"], model_type="qwen2")
    assert "is a 'Qwen2ForCausalLM'" in refusal(local, tmp_path)


def test_a_truncated_file_is_refused(local: Path, tmp_path: Path) -> None:
    (local / WEIGHTS).write_bytes((local / WEIGHTS).read_bytes()[:-100])
    assert "where its header says" in refusal(local, tmp_path)


def test_quantised_weights_are_taken_at_the_bits_that_were_asked_for(local: Path, tmp_path: Path) -> None:
    quantise_by_hand(local, bits=8)
    source = fetch_source(ModelConfig(name=str(local)), tmp_path, quiet)
    assert (source.bits, source.parameters) == (8, 104_448)


@pytest.mark.parametrize(("bits", "wanted"), [(4, 8), (8, 4)])
def test_other_bits_are_refused(local: Path, tmp_path: Path, bits: int, wanted: int) -> None:
    quantise_by_hand(local, bits)
    assert f"at {bits} bits already, but model.quantization is {wanted}" in refusal(local, tmp_path, wanted)


def test_mixed_bits_and_other_quantisations_are_refused(local: Path, tmp_path: Path) -> None:
    change(local, quantization={"group_size": 64, "bits": 8, "lm_head": {"group_size": 64, "bits": 6}})
    assert "at 6 and 8 bits" in refusal(local, tmp_path)
    change(local, quantization={"group_size": 32, "bits": 4, "mode": "mxfp4"})
    assert "'mxfp4'" in refusal(local, tmp_path, 4)
    change(local, quantization=None, quantization_config={"quant_method": "gptq"})
    assert "quantised by 'gptq'" in refusal(local, tmp_path)


def test_a_revision_of_a_folder_is_refused(local: Path, tmp_path: Path) -> None:
    with pytest.raises(BaseModelError, match="has no revisions"):
        check_source(ModelConfig(name=str(local), revision="main"), tmp_path)


def quantise_by_hand(folder: Path, bits: int) -> None:
    """Weights in MLX's layout, as far as headers tell: 32-bit words, with scales and biases by groups of 64."""
    packed: dict[str, Any] = {}
    for name, weight in load_file(folder / WEIGHTS).items():
        if weight.ndim == 1:
            packed[name] = weight
            continue
        stem, (rows, columns) = name.removesuffix(".weight"), weight.shape
        packed[name] = np.zeros((rows, columns * bits // 32), np.uint32)
        packed[f"{stem}.scales"] = packed[f"{stem}.biases"] = np.zeros((rows, columns // 64), np.float16)
    save_file(packed, folder / WEIGHTS, metadata={"format": "mlx"})
    change(folder, quantization={"group_size": 64, "bits": bits})
