"""Ten releases in a row: disk levels off, and production and its predecessor are always whole."""

import shutil
from pathlib import Path
from types import ModuleType

import mlx.core as mx
import pytest

from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.disk_use import size_of
from nyay_lib.errors import RegistryError
from nyay_lib.evaluation.verdict import Outcome
from nyay_lib.export import fusing, quantizing
from nyay_lib.export.fusing import fuse
from nyay_lib.export.measuring import Tuned
from nyay_lib.export.model_files import Gguf, MergedModel
from nyay_lib.export.quantizing import quantize
from nyay_lib.files import digest_file, write_json
from nyay_lib.jobs import finish
from nyay_lib.lines import appending
from nyay_lib.prompt import LLAMA3
from nyay_lib.registry.production import public_paths
from nyay_lib.registry.release import Release, release
from nyay_lib.retention import protected, tidy
from nyay_lib.runs import RunDir
from nyay_lib.serving.model import find_model
from tests.folders import digest_folder
from tests.nyay_lib.made import adapter_of, base_of, dataset_of, verdict_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

RELEASES, REFUSED = 10, 4
SETTLED = 7  # from this release on as much goes as comes
WEIGHTS = ("merged", "gguf", "checkpoints", "adapter")


@pytest.fixture
def config(tmp_path: Path) -> PipelineConfig:
    places = {name: tmp_path / name for name in ("runs", "cache", "models")}
    return PipelineConfig.model_validate(
        {"export": {"quantization": "q8_0"}, "fidelity": {"rows": 2, "prompts": 1, "greedy_tokens": 4}}
        | {"registry": {"register": "never", "num_ctx": 512}, "paths": places}
        | {"retention": {"merged": 1, "gguf": 2, "adapters": 3}}
        | {"checkpointing": {"output_dir": tmp_path / "models" / "nyay-ai-adapter"}}
    )


@pytest.fixture
def data(chats: Path, tmp_path: Path) -> Dataset:
    """Rows on which what the export keeps is measured."""
    made = dataset_of(tmp_path / "data")
    shutil.copy(chats, made.validation_file)
    note = {"task_type": "summarization", "tokens": 100, "answer_tokens": 10}
    with appending(made.folder / "val_rows.jsonl") as append:
        append(note | {"cnr": str(row)} for row in range(len(chats.read_text().splitlines())))
    return made


def make_adapter(folder: Path, seed: int) -> None:
    """An adapter of the tiny model, as training writes it, with three checkpoints beside it."""
    key = mx.random.key(seed)
    shapes = {"self_attn.q_proj": 64, "self_attn.v_proj": 32}
    tensors = {
        f"model.layers.{layer}.{name}.lora_{side}": 0.1 * mx.random.normal(shape, key=key)
        for layer in (0, 1)
        for name, outputs in shapes.items()
        for side, shape in (("a", (64, 16)), ("b", (16, outputs)))
    }
    for place in (folder, *(folder.parent / "checkpoints" / f"step-{step}" for step in (1, 2, 3))):
        place.mkdir(parents=True)
        mx.save_safetensors(str(place / "adapters.safetensors"), tensors)
    write_json(folder / "adapter_config.json", {"lora_parameters": {"scale": 2.0, "rank": 16, "keys": list(shapes)}})


def released(config: PipelineConfig, base_folder: Path, data: Dataset, number: int) -> tuple[RunDir, Release]:
    """One run from its adapter to its release, and what a run does at its end."""
    run = RunDir.at(config.paths.runs, f"run-{number:02}")
    run.open(config)
    base = base_of(base_folder).save(run.result("download-base"))
    make_adapter(run.adapter, number)
    adapter = adapter_of(run.adapter)
    merged = finish(fuse(config, run, base, adapter))
    gguf = finish(quantize(config, run, Tuned(base, adapter, merged, data)))
    verdict = verdict_of(Outcome.MISSED if number == REFUSED else Outcome.PASS)
    made = release(config, run, gguf, verdict, LLAMA3, "mit", lambda done, total: None)
    tidy(config, run)
    write_json(run.manifest, {"run_id": run.run_id})
    return run, made


def test_kept_disk_levels_off_and_production_is_always_whole(config: PipelineConfig, base: Path, data: Dataset) -> None:
    digests: dict[str, tuple[str, str, str]] = {}
    weights, totals = list[int](), list[int]()
    print("\nrelease  production  predecessor  weights kept  all kept")
    for number in range(1, RELEASES + 1):
        run, made = released(config, base, data, number)
        assert made.promoted == (number != REFUSED)
        digests[run.run_id] = state(run)
        for safe in protected(config):
            assert state(RunDir.at(config.paths.runs, safe)) == digests[safe]
        live = protected(config)[0]
        assert find_model(config).run.run_id == live
        assert all(path.resolve(strict=True) for path in public_paths(config))
        weights.append(sum(size_of(path / name) for path in config.paths.runs.iterdir() for name in WEIGHTS))
        totals.append(size_of(config.paths.runs))
        print(f"{number:7}  {live:10}  {protected(config)[-1]:11}  {weights[-1]:12,}  {totals[-1]:8,}")
    assert len(set(weights[SETTLED - 1 :])) == 1, "what comes goes"
    grown = (totals[-1] - totals[SETTLED - 1]) / (RELEASES - SETTLED)
    assert grown < 0.02 * totals[-1], "reports alone are added"


def state(run: RunDir) -> tuple[str, str, str]:
    """The digests of what a release needs."""
    gguf = Gguf.model_validate_json(run.result("quantize").read_bytes())
    assert digest_file(gguf.path) == gguf.sha256 and list(run.checkpoints.iterdir())
    return digest_folder(run.merged), digest_folder(run.gguf), digest_folder(run.adapter)


@pytest.mark.parametrize(("module", "version"), [(fusing, "FUSION"), (quantizing, "QUANTIZATION")])
def test_what_serves_is_not_made_anew_under_its_own_name(
    config: PipelineConfig, base: Path, data: Dataset, monkeypatch: pytest.MonkeyPatch, module: ModuleType, version: str
) -> None:
    run, _ = released(config, base, data, 1)
    before, prepared, adapter = state(run), base_of(base), adapter_of(run.adapter)
    merged = MergedModel.model_validate_json(run.result("fuse").read_bytes())
    monkeypatch.setattr(module, version, 99)
    with pytest.raises(RegistryError, match="run-01 is in production, .* leave run_id empty to start a new run"):
        finish(fuse(config, run, prepared, adapter))
        finish(quantize(config, run, Tuned(prepared, adapter, merged, data)))
    assert state(run) == before


def test_a_run_whose_merged_model_was_removed_makes_it_again_when_repeated(
    config: PipelineConfig, base: Path, data: Dataset
) -> None:
    for number in range(1, 5):
        released(config, base, data, number)
    old = RunDir.at(config.paths.runs, "run-01")
    before = Gguf.model_validate_json(old.result("quantize").read_bytes())
    assert not old.merged.exists() and before.path.exists()
    prepared, adapter = base_of(base), adapter_of(old.adapter)
    merged = finish(fuse(config, old, prepared, adapter))
    again = finish(quantize(config, old, Tuned(prepared, adapter, merged, data)))
    assert (merged.folder / "config.json").exists()
    assert again.reused and again.sha256 == before.sha256
