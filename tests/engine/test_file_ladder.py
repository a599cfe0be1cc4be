"""All files that are asked for are made, measured and ordered; the smallest that kept what was trained is chosen."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.base_model.tiny import TinyShape, make_tiny
from nyay_lib.config import ExportConfig, FidelityConfig, PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.evaluation.fidelity import fidelity_rows
from nyay_lib.evaluation.verdict import Outcome, Row
from nyay_lib.export.fidelity import quantise
from nyay_lib.export.measuring import Tuned
from nyay_lib.export.model_files import Gguf, MergedModel
from nyay_lib.export.quantizing import ask, quantize
from nyay_lib.jobs import FuseJob, QuantizeBaseJob, finish, run_job
from nyay_lib.reports.quantising import gguf_page
from nyay_lib.runs import RunDir
from nyay_lib.training import Adapter
from tests.engine.conftest import train_job

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

Make = Callable[..., Gguf]


@pytest.fixture(scope="module")
def tuned(chats: Path, tmp_path_factory: pytest.TempPathFactory) -> Tuned:
    """A model whose rows are as wide as every K-quant wants them, trained until it is sure of what it says."""
    folder = tmp_path_factory.mktemp("wide")
    make_tiny(folder / "source", TinyShape(hidden=512, heads=8, kv_heads=4, intermediate=1024))
    finish(run_job(QuantizeBaseJob(source=folder / "source", target=folder / "base", bits=8), folder / "a"))
    finish(run_job(train_job(folder / "base", chats, folder, epochs=8, learning_rate=5e-3), folder / "b"))
    finish(run_job(FuseJob(base=folder / "base", adapter=folder / "adapter", target=folder / "merged"), folder / "c"))
    shutil.copy(chats, folder / "val_mlx.jsonl")
    note = {"task_type": "summarization", "tokens": 100, "answer_tokens": 10}
    notes = [note | {"cnr": str(row)} for row in range(len(chats.read_text().splitlines()))]
    (folder / "val_rows.jsonl").write_text("".join(json.dumps(line) + "\n" for line in notes))
    return Tuned(
        base=Base.model_construct(folder=folder / "base", licence="mit", name="wide"),
        adapter=Adapter.model_construct(folder=folder / "adapter", digest="adapter"),
        merged=MergedModel(inputs="", folder=folder / "merged", digest="merged", bytes=1, adapted_modules=8),
        data=Dataset.model_construct(folder=folder, digest="data"),
    )


@pytest.fixture
def make(tuned: Tuned, tmp_path: Path) -> Make:
    """Quantises in a run of its own."""

    def made(quantization: object, **fidelity: object) -> Gguf:
        config = PipelineConfig(
            export=ExportConfig.model_validate({"quantization": quantization}),
            fidelity=FidelityConfig.model_validate({"rows": 6, "prompts": 1, "greedy_tokens": 8} | fidelity),
        )
        return finish(quantize(config, RunDir.at(tmp_path / "runs", "run"), tuned))

    return made


def missed(gguf: Gguf) -> list[Row]:
    return [row for row in fidelity_rows(FidelityConfig(), gguf) if row.outcome is not Outcome.PASS]


def test_every_quantisation_answers_and_they_are_ordered_by_kl(make: Make, tuned: Tuned, tmp_path: Path) -> None:
    gguf = make(["q8_0", "q2_k", "q4_k_m", "q5_k_m", "f16"])
    assert gguf.quantization == "q8_0" and gguf.fidelity is not None and gguf.fidelity.is_margin_measured
    rungs = sorted(gguf.rungs, key=lambda rung: rung.bytes)
    assert [rung.quantization for rung in rungs] == ["q2_k", "q4_k_m", "q5_k_m", "q8_0", "f16"]
    kls = [gguf.fidelity.stage(quantise(rung.quantization)).kl for rung in rungs]
    assert kls == sorted(kls, reverse=True)
    assert [rung.bits_per_weight for rung in rungs] == pytest.approx([2.9, 5, 5.8, 8.5, 16], abs=0.6)
    for rung in rungs:
        assert rung.fallbacks == 0 and rung.tokens_per_second > 0 and rung.memory > 0 and rung.is_kept
        _, done = finish(ask(rung.path, "Who won?", tuned.merged.folder, 512, tmp_path / "ask"))
        assert int(done.result["tokens"] or 0) > 0
    page = gguf_page(gguf)
    assert "q8_0 (shipped)" in page.markdown and "data:image/png" in page.markdown
    table = {row["figure"]: row["value"] for row in page.table}
    assert table["quantise q2_k: KL, mean"] == kls[0] and table["q2_k: bytes"] == rungs[0].bytes


def test_q2_k_is_made_when_it_is_asked_for_and_refused_by_its_row(make: Make) -> None:
    gguf = make("q2_k")
    assert gguf.quantization == "q2_k" and gguf.path.exists()
    (row,) = missed(gguf)
    assert row.name == "the tuning survived export: quantise q2_k"
    assert row.required and "quantise q2_k: KL" in row.reason and "over 0.1" in row.reason


def test_auto_ships_the_smallest_that_lost_nothing_too_much(make: Make) -> None:
    gguf = make("auto")
    assert gguf.fidelity is not None
    sound = [rung for rung in gguf.rungs if not rung.faults]
    assert gguf.path.exists() and gguf.bytes == min(rung.bytes for rung in sound)
    assert missed(gguf) == []
    assert {rung.quantization for rung in gguf.rungs if rung.path.exists()} == {"f16", gguf.quantization}


def test_auto_goes_up_the_ladder_as_less_may_be_lost(make: Make) -> None:
    assert make("auto", quantized_kl=1e-9).quantization == "q8_0"
    assert make("auto", quantized_kl=1e-9, eight_bit_kl=1e-9).quantization == "f16"


def test_what_was_made_before_is_made_again_only_for_other_settings(make: Make) -> None:
    first = make("q4_k_m")
    again = make("q4_k_m")
    assert again.reused and again.rungs == first.rungs
    assert not make("q4_k_m", rows=3).reused
