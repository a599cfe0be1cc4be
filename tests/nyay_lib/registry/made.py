"""Runs that are ready for release, in a folder of their own."""

from pathlib import Path

from nyay_lib.config import CheckpointingConfig, PathsConfig, PipelineConfig, RegistryConfig
from nyay_lib.evaluation.report import Report
from nyay_lib.evaluation.verdict import Outcome, Row, Verdict
from nyay_lib.export.fidelity import Fidelity, Stage
from nyay_lib.export.model_files import Gguf
from nyay_lib.files import digest_file
from nyay_lib.runs import RunDir
from tests.nyay_lib.made import base_of


def _kept(name: str, before: str) -> Stage:
    return Stage(name=name, before=before, positions=99, kl=1e-6, kl_p99=1e-5, top1=1.0, loss=1.0, greedy=1.0)


# An export that lost nothing.
SOUND = Fidelity(
    rows=9,
    judgments=9,
    tokens=99,
    base_loss=2.0,
    adapter_loss=1.0,
    margin_low=0.9,
    stages=(_kept("fuse", "adapter"), _kept("gguf", "fuse")),
)


def describe(path: Path) -> Gguf:
    """A GGUF file as the export step hands it on."""
    return Gguf(
        inputs="test",
        path=path,
        sha256=digest_file(path),
        bytes=path.stat().st_size,
        quantization="f16",
        f16=path,
        f16_bytes=path.stat().st_size,
        question="?",
        answer="!",
        tokens_per_second=1.0,
        first_token_seconds=1.0,
        fidelity=SOUND,
    )


def configuration(folder: Path, host: str, name: str = "nyay-ai") -> PipelineConfig:
    """A configuration whose every path is below a folder."""
    return PipelineConfig(
        checkpointing=CheckpointingConfig(output_dir=folder / "models" / "nyay-ai-adapter"),
        registry=RegistryConfig(host=host, num_ctx=1024, name=name),
        paths=PathsConfig(runs=folder / "runs", cache=folder / "cache", models=folder / "models"),
    )


def make_run(config: PipelineConfig, run_id: str, source: Path) -> tuple[RunDir, Gguf]:
    """A run with all that is released: adapter, merged model, and a copy of the GGUF ``source``."""
    run = RunDir.at(config.paths.runs, run_id)
    for folder, name in ((run.adapter, "adapters.safetensors"), (run.merged, "config.json")):
        folder.mkdir(parents=True)
        (folder / name).write_text(run_id)
    run.gguf.mkdir()
    path = run.gguf / "model-f16.gguf"
    path.write_bytes(source.read_bytes())
    return run, describe(path)


def make_verdict(outcome: Outcome) -> Verdict:
    row = Row(name="loss", target="< 1", measured="2", outcome=outcome, required=True, reason="2 is not below 1")
    return Verdict(inputs="test", rows=[row])


def write_report(run: RunDir, production: str | None, gguf: Gguf | None = None) -> None:
    """The figures of a run, of this file, that was judged against another."""
    report = Report.model_construct(
        inputs="t", run_id=run.run_id, rows=1, samples=1, judgments=1, max_tokens=1, seed=0, production_run=production
    )
    nothing = {"reference": {}, "lead": {}, "lead_words": 1, "majority_label": None, "majority": None}
    ours = {"this model": {"name": "f16", "sha256": gguf.sha256, "weights": "", "bytes": gguf.bytes}} if gguf else {}
    more = {"files": ours, "slices": {}, "controls": nothing | {"shuffled": {}, "meter_works": None}, "cases": ()}
    Report.model_validate(report.model_dump(exclude_unset=True) | more).save(run.report)


def write_steps(run: RunDir, gguf: Gguf, base: Path, verdict: Verdict) -> None:
    """The results of the steps that a finished run is released from; ``base`` is the folder of a tiny model."""
    base_of(base).save(run.result("download-base"))
    gguf.save(run.result("quantize"))
    verdict.save(run.verdict)
