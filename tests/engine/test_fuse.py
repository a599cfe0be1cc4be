"""Fusing: what others can open, in little memory, and never a folder that only looks complete."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import mlx.core as mx
import numpy as np
import psutil
import pytest
from safetensors import safe_open

from nyay_lib.base_model.tiny import TinyShape, make_tiny
from nyay_lib.config import PathsConfig, PipelineConfig
from nyay_lib.engine import fuse as fusing
from nyay_lib.engine.model import load
from nyay_lib.errors import DamagedError, ExportError, NyayError
from nyay_lib.export.fusing import fuse
from nyay_lib.jobs import Event, FuseJob, Progress, QuantizeBaseJob, finish, run_job
from nyay_lib.runs import RunDir
from tests.engine.conftest import train_job
from tests.engine.test_checkpoint import largest_file
from tests.folders import digest_folder
from tests.nyay_lib.made import adapter_of, base_of

MIB = 1 << 20
# 3 layers of 16 matrices make 270 MB in f16: what is held must be seen beside Python and MLX themselves.
LARGE = TinyShape(hidden=1024, layers=3, heads=16, kv_heads=4, intermediate=8192, vocab=65_536)


@pytest.fixture(scope="module")
def adapter(base: Path, chats: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained adapter of the tiny model."""
    folder = tmp_path_factory.mktemp("trained")
    finish(run_job(train_job(base, chats, folder, epochs=2, learning_rate=2e-2), folder / "job"))
    return folder / "adapter"


@pytest.fixture
def config(tmp_path: Path) -> PipelineConfig:
    return PipelineConfig(paths=PathsConfig(runs=tmp_path / "runs", cache=tmp_path / "cache"))


def fused(job: FuseJob) -> list[Event]:
    """Fuse in this process; the events that it sent."""
    events: list[Event] = []
    fusing.fuse(job, events.append)
    return events


def tensors(folder: Path) -> dict[str, np.ndarray]:
    """All tensors by the index, read by the format's own library."""
    index = json.loads((folder / "model.safetensors.index.json").read_text())["weight_map"]
    found: dict[str, np.ndarray] = {}
    for shard in sorted(set(index.values())):
        with safe_open(folder / shard, "np") as file:
            assert set(file.keys()) == {name for name, place in index.items() if place == shard}
            found |= {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    return found


def test_shards_and_blocks_change_no_value(
    base: Path, adapter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fused(FuseJob(base=base, adapter=adapter, target=tmp_path / "whole"))
    monkeypatch.setattr(fusing, "SHARD_BYTES", 40_000)
    monkeypatch.setattr(fusing, "BLOCK_BYTES", 4096)
    events = fused(FuseJob(base=base, adapter=adapter, target=tmp_path / "cut"))
    whole, cut = tensors(tmp_path / "whole"), tensors(tmp_path / "cut")
    assert whole.keys() == cut.keys() and all(value.dtype == np.float16 for value in cut.values())
    assert max(float(np.abs(whole[name] - cut[name]).max()) for name in whole) < 1e-3
    names = sorted(path.name for path in (tmp_path / "cut").glob("*.safetensors"))
    assert len(names) > 3 and names[0] == f"model-00001-of-{len(names):05d}.safetensors"
    assert isinstance(events[-1], Progress) and events[-1].done == events[-1].total == len(cut)


def test_the_values_are_the_dequantised_base_plus_the_adapter(base: Path, adapter: Path, tmp_path: Path) -> None:
    fused(FuseJob(base=base, adapter=adapter, target=tmp_path / "merged"))
    name = "model.layers.1.self_attn.q_proj"
    packed, deltas = fusing.load_lazily(base, {}), fusing.adapter_deltas(adapter)
    scales, biases = (packed[f"{name}.{part}"].astype(mx.float32) for part in ("scales", "biases"))
    a, b, scale = deltas[name]
    wanted = mx.dequantize(packed[f"{name}.weight"], scales, biases, 64, 8) + scale * (a @ b).T
    assert np.allclose(tensors(tmp_path / "merged")[f"{name}.weight"], np.array(wanted), atol=1e-3)
    assert float(mx.abs(scale * (a @ b)).max()) > 0.01, "the adapter moves something"


def test_mlx_lm_and_transformers_open_the_folder(base: Path, adapter: Path, tmp_path: Path) -> None:
    from mlx_lm import load as load_by_mlx_lm
    from transformers import AutoConfig, AutoTokenizer

    source = base.parent / "source"
    fused(FuseJob(base=base, adapter=adapter, target=tmp_path / "merged", source=source))
    model, tokenizer = load_by_mlx_lm(str(tmp_path / "merged"))[:2]
    ids = tokenizer.encode("the appeal is allowed", add_special_tokens=False)
    assert model(mx.array([ids])).shape == (1, len(ids), 475)
    described = AutoConfig.from_pretrained(tmp_path / "merged")
    assert (described.model_type, described.num_hidden_layers, str(described.dtype)) == ("llama", 2, "float16")
    other = AutoTokenizer.from_pretrained(tmp_path / "merged")
    turns = [{"role": "user", "content": "Was bail granted?"}]
    assert other.apply_chat_template(turns, tokenize=False, add_generation_prompt=True).endswith(
        "assistant<|end_header_id|>\n\n"
    )
    assert other.encode("धारा 302 § ₹", add_special_tokens=False) == load(base).tokenizer.encode(
        "धारा 302 § ₹", add_special_tokens=False
    ).ids  # fmt: skip
    for name in ("tokenizer.json", "generation_config.json"):
        assert (tmp_path / "merged" / name).read_bytes() == (source / name).read_bytes()


def test_onto_the_original_the_weights_are_the_originals(base: Path, adapter: Path, config: PipelineConfig) -> None:
    source, run = base.parent / "source", RunDir.at(config.paths.runs, "one")
    prepared, trained = base_of(base, source), adapter_of(adapter)
    onto = config.model_copy(update={"export": config.export.model_copy(update={"fuse_onto": "original"})})
    usual = finish(fuse(config, run, prepared, trained))
    near = tensors(usual.folder)
    original = finish(fuse(onto, run, prepared, trained))
    found, source_of = tensors(original.folder), load(source).model.parameters()["model"]["embed_tokens"]["weight"]
    assert (usual.fused_onto, original.fused_onto, original.reused) == ("quantized", "original", False)
    assert np.array_equal(found["model.embed_tokens.weight"], np.array(source_of.astype(mx.float16)))
    assert not np.array_equal(near["model.embed_tokens.weight"], found["model.embed_tokens.weight"])
    with pytest.raises(ExportError, match="comes quantised, so there is no original to fuse onto"):
        finish(fuse(onto, RunDir.at(config.paths.runs, "two"), base_of(base), trained))


@pytest.mark.slow
def test_memory_holds_a_tensor_and_never_a_shard(tmp_path: Path) -> None:
    make_tiny(tmp_path / "source", LARGE)
    quantised = QuantizeBaseJob(source=tmp_path / "source", target=tmp_path / "base", bits=8)
    finish(run_job(quantised, tmp_path / "quantize"))
    small = finish(run_job(FuseJob(base=tmp_path / "base", adapter=None, target=tmp_path / "m"), tmp_path / "fuse"))
    size, peak = int(small.result["bytes"] or 0), int(small.result["process_peak"] or 0)
    print(f"\n{size / MIB:,.0f} MiB of weights in one shard, {peak / MIB:,.0f} MiB at the peak of the process")
    embedding = LARGE.hidden * 65_536  # bytes, as packed in 8 bits
    assert size > 4 * embedding - 1 and peak < idle() + embedding + 4 * fusing.BLOCK_BYTES + fusing.CACHE_BYTES


def idle() -> int:
    """What a process holds that has loaded MLX and done nothing."""
    code = "import nyay_lib.engine.fuse as f, mlx.core as mx; mx.eval(mx.ones(9) @ mx.ones(9)); print(f.process_peak())"
    return int(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


# --- what goes wrong ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 4096, 100_000])
def test_a_full_disk_is_told_and_nothing_looks_complete(base: Path, adapter: Path, tmp_path: Path, size: int) -> None:
    job = FuseJob(base=base, adapter=adapter, target=tmp_path / "merged")
    full = r"merged: cannot be written \(File too large\): it needs 0.2 MB, [\d.,]+ MB are free; make room"
    with largest_file(size), pytest.raises(ExportError, match=full):
        fused(job)
    assert list(tmp_path.iterdir()) == []
    fused(job)
    assert load(tmp_path / "merged")


def test_a_disk_without_room_is_not_written_to(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1000))
    with pytest.raises(ExportError, match=r"the disk is full\): it needs 0.2 MB, 0.0 MB are free"):
        fused(FuseJob(base=base, adapter=None, target=tmp_path / "merged"))
    assert list(tmp_path.iterdir()) == []


def test_a_kill_in_the_middle_leaves_nothing_that_looks_complete_and_the_next_run_completes(
    base: Path, adapter: Path, config: PipelineConfig
) -> None:
    run = RunDir.at(config.paths.runs, "one")
    run.open(config)
    with pytest.raises(NyayError, match="fuse: "):
        for event in fuse(config, run, base_of(base), adapter_of(adapter)):
            if isinstance(event, Progress) and event.done == 5:
                for child in psutil.Process().children():
                    child.send_signal(signal.SIGKILL)
    assert not run.merged.exists() and not run.result("fuse").exists()
    run.open(config)
    assert [path.name for path in run.root.iterdir() if path.name.endswith(".partial")] == []
    merged = finish(fuse(config, run, base_of(base), adapter_of(adapter)))
    assert load(merged.folder) and not merged.reused
    assert finish(fuse(config, run, base_of(base), adapter_of(adapter))).reused


@pytest.mark.parametrize("keep", [5, 200, -1])
def test_a_cut_adapter_is_told(base: Path, adapter: Path, tmp_path: Path, keep: int) -> None:
    shutil.copytree(adapter, tmp_path / "adapter")
    whole = (adapter / "adapters.safetensors").read_bytes()
    (tmp_path / "adapter" / "adapters.safetensors").write_bytes(whole[:keep])
    with pytest.raises(NyayError, match=r"adapters.safetensors: (is not a safetensors file|has .* bytes where)"):
        finish(run_job(FuseJob(base=base, adapter=tmp_path / "adapter", target=tmp_path / "m"), tmp_path / "job"))
    assert not (tmp_path / "m").exists()


def test_an_adapter_that_is_not_what_was_trained_is_told_before_anything_is_written(
    base: Path, adapter: Path, tmp_path: Path, config: PipelineConfig
) -> None:
    shutil.copytree(adapter, tmp_path / "adapter")
    trained, run = adapter_of(tmp_path / "adapter"), RunDir.at(config.paths.runs, "one")
    path = tmp_path / "adapter" / "adapters.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(DamagedError, match="adapters.safetensors: has changed since it was made: .*; put it back"):
        finish(fuse(config, run, base_of(base), trained))
    path.unlink()
    with pytest.raises(DamagedError, match=r"adapters.safetensors: is gone; put it back"):
        finish(fuse(config, run, base_of(base), trained))
    assert not run.merged.exists()


@pytest.mark.parametrize("place", ["base", "adapter", "."])
def test_what_is_read_is_never_written_over(base: Path, adapter: Path, tmp_path: Path, place: str) -> None:
    shutil.copytree(base, tmp_path / "in" / "base")
    shutil.copytree(adapter, tmp_path / "in" / "adapter")
    before = digest_folder(tmp_path)
    job = FuseJob(base=tmp_path / "in/base", adapter=tmp_path / "in/adapter", target=tmp_path / "in" / place)
    with pytest.raises(ExportError, match="holds what is to be fused"):
        fused(job)
    assert digest_folder(tmp_path) == before


def test_a_cut_base_is_told(base: Path, tmp_path: Path) -> None:
    shutil.copytree(base, tmp_path / "base")
    shard = next((tmp_path / "base").glob("*.safetensors"))
    shard.write_bytes(shard.read_bytes()[:-10])
    with pytest.raises(ExportError, match=r"safetensors: has .* bytes where its header says .*; fetch the base model"):
        fused(FuseJob(base=tmp_path / "base", adapter=None, target=tmp_path / "merged"))
    assert not (tmp_path / "merged").exists()


def test_numbers_that_f16_cannot_hold_are_told(base: Path, adapter: Path, tmp_path: Path) -> None:
    shutil.copytree(adapter, tmp_path / "adapter")
    path = tmp_path / "adapter" / "adapters.safetensors"
    loaded: dict[str, mx.array] = mx.load(str(path))  # type: ignore[assignment]
    mx.save_safetensors(str(path), {name: value * 1e5 for name, value in loaded.items()})
    with pytest.raises(ExportError, match="which f16 cannot hold; the training has diverged"):
        fused(FuseJob(base=base, adapter=tmp_path / "adapter", target=tmp_path / "merged"))
    assert not (tmp_path / "merged").exists()
