"""Every stage of an export is held against the one before it, and the gate names the one that lost what was trained."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file  # pyright: ignore[reportUnknownVariableType]

from nyay_lib.base_model.tiny import TinyShape, make_tiny
from nyay_lib.config import FidelityConfig
from nyay_lib.data.chat import chat_line
from nyay_lib.evaluation.fidelity import fidelity_rows
from nyay_lib.evaluation.verdict import Outcome
from nyay_lib.export.gguf import write_gguf
from nyay_lib.export.model_files import Gguf
from nyay_lib.jobs import FuseJob, QuantizeBaseJob, finish, run_job
from tests.engine.fidelity import fidelity_of, outcomes

# Llama 3.2's own.
ROPE = {
    "factor": 32.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
    "rope_type": "llama3",
}
POSITIONS = 6_001


@pytest.fixture(scope="module")
def merged(base: Path, trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fused")
    finish(run_job(FuseJob(base=base, adapter=trained, target=folder / "merged"), folder / "job"))
    return folder / "merged"


def test_the_right_way_keeps_everything_at_both_exact_stages(
    base: Path, trained: Path, merged: Path, chats: Path, tmp_path: Path
) -> None:
    f16 = write_gguf(merged, tmp_path / "f16.gguf", name="tiny").path
    fidelity = fidelity_of(base, trained, merged, {"f16": f16}, chats, tmp_path)
    assert outcomes(fidelity) == {"fuse": Outcome.PASS, "gguf": Outcome.PASS}
    assert fidelity.is_margin_measured and fidelity.margin > 1
    for stage in fidelity.stages:
        assert stage.kl < 2e-5 and stage.greedy == 1.0 and stage.other_tokens == 0
        assert fidelity.kept(stage) == pytest.approx(1, abs=1e-3)
    assert not list((tmp_path / "windows").glob("*.logits"))


def test_a_fuse_that_quantises_again_to_4_bits_is_named(
    base: Path, trained: Path, merged: Path, chats: Path, tmp_path: Path
) -> None:
    shutil.copytree(merged, tmp_path / "merged")
    quantise_again(tmp_path / "merged")
    f16 = write_gguf(tmp_path / "merged", tmp_path / "f16.gguf", name="tiny").path
    fidelity = fidelity_of(base, trained, tmp_path / "merged", {"f16": f16}, chats, tmp_path)
    assert outcomes(fidelity) == {"fuse": Outcome.MISSED, "gguf": Outcome.PASS}
    row = next(fidelity_rows(FidelityConfig(), Gguf.model_construct(fidelity=fidelity, quantization="f16")))
    assert row.name == "the tuning survived export: fuse" and "to adapter, over 0.0001" in row.reason


def quantise_again(folder: Path) -> None:
    """Every matrix of a folder through 4 bits, as `mlx_lm.fuse` does with a quantised base."""
    import mlx.core as mx

    for path in folder.glob("*.safetensors"):
        tensors = load_file(path)
        for name, tensor in tensors.items():
            if tensor.ndim == 2:
                packed = mx.quantize(mx.array(tensor), group_size=64, bits=4)
                tensors[name] = np.array(mx.dequantize(*packed, group_size=64, bits=4).astype(mx.float16))
        save_file(tensors, path, metadata={"format": "pt"})


@pytest.fixture(scope="module")
def scaled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Llama with Llama 3.2's rope scaling and 8,192 positions: base, merged folder, and long rows."""
    folder = tmp_path_factory.mktemp("scaled")
    make_tiny(folder / "source", TinyShape(rope_scaling=ROPE))
    edit(folder / "source", max_position_embeddings=8192)
    finish(run_job(QuantizeBaseJob(source=folder / "source", target=folder / "base", bits=8), folder / "a"))
    finish(run_job(FuseJob(base=folder / "base", adapter=None, target=folder / "merged"), folder / "b"))
    long = "the appeal is allowed and the order is set aside " * 120
    rows = [chat_line(f"{number} {long}", f"matter {number} is dismissed with costs") for number in range(2)]
    (folder / "chats.jsonl").write_text("".join(rows), encoding="utf-8")
    return folder


def edit(folder: Path, **keys: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | keys))


@pytest.mark.slow
def test_logits_agree_to_position_6000(scaled: Path) -> None:
    import mlx.core as mx

    from nyay_lib.engine.exact import load_exact
    from nyay_lib.engine.llama import answer_logits, open_model

    gguf = write_gguf(scaled / "merged", scaled / "whole.gguf", name="scaled").path
    tokens = np.random.default_rng(0).integers(0, 470, POSITIONS + 1).tolist()
    theirs = np.concatenate(list(answer_logits(open_model(gguf, 8192), tokens[:1], tokens[1:])))
    ours = np.array(load_exact(scaled / "merged").model(mx.array([tokens[:-1]]))[0])
    assert len(theirs) == len(ours) == POSITIONS
    np.testing.assert_allclose(theirs, ours, atol=0.02)


@pytest.mark.slow
def test_without_the_rope_factors_the_stage_gguf_is_named(scaled: Path, tmp_path: Path) -> None:
    shutil.copytree(scaled / "merged", tmp_path / "plain")
    edit(tmp_path / "plain", rope_scaling=None)
    files = {
        "whole": write_gguf(scaled / "merged", tmp_path / "whole.gguf", name="scaled").path,
        "without": write_gguf(tmp_path / "plain", tmp_path / "without.gguf", name="scaled").path,
    }
    found = {
        name: fidelity_of(scaled / "base", None, scaled / "merged", {"f16": path}, scaled / "chats.jsonl", tmp_path)
        for name, path in files.items()
    }
    # Without an adapter there is no gain that could be kept.
    assert outcomes(found["whole"]) == dict.fromkeys(("fuse", "gguf"), Outcome.NOT_MEASURED)
    assert outcomes(found["without"]) == {"fuse": Outcome.NOT_MEASURED, "gguf": Outcome.MISSED}
    assert found["without"].stage("gguf").kl > 100 * found["whole"].stage("gguf").kl
