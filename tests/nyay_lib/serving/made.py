"""Runs of the tiny model that are finished enough to be asked, and judgments to ask about."""

from pathlib import Path

from nyay_lib.base_model.tiny import make_tiny
from nyay_lib.config import EvaluationConfig, PathsConfig, PipelineConfig, RegistryConfig, TrainingConfig
from nyay_lib.export.gguf import write_gguf
from nyay_lib.export.model_files import Gguf
from nyay_lib.registry.journal import Entry, append, journal_of
from nyay_lib.runs import RunDir
from tests.nyay_lib.made import base_of

ORDER = "In the result, the appeal is allowed and the order of the Sessions Court dated 11.04.2023 is set aside."


def configuration(folder: Path) -> PipelineConfig:
    """Everything below ``folder``; a budget of 768 tokens in a context of 1,024."""
    return PipelineConfig(
        training=TrainingConfig(max_seq_length=768),
        evaluation=EvaluationConfig(max_tokens=24),
        registry=RegistryConfig(num_ctx=1024),
        paths=PathsConfig(runs=folder / "runs", cache=folder / "cache", models=folder / "models"),
    )


def make_run(config: PipelineConfig, run_id: str, seed: int = 0) -> RunDir:
    """A run whose merged model is a random one."""
    run = RunDir.at(config.paths.runs, run_id)
    run.open(config)
    make_tiny(run.merged, seed=seed)
    path = write_gguf(run.merged, run.gguf / "nyay-ai-f16.gguf", name=run_id).path
    described(path).save(run.result("quantize"))
    base_of(run.merged).save(run.result("download-base"))
    return run


def described(path: Path) -> Gguf:
    """The file as the export hands it on."""
    size = path.stat().st_size
    return Gguf.model_validate(
        {"inputs": "i", "path": path, "sha256": "s", "bytes": size, "quantization": "f16", "f16": path}
        | {"f16_bytes": size, "question": "?", "answer": "!", "tokens_per_second": 1.0, "first_token_seconds": 1.0}
    )


def put_into_production(config: PipelineConfig, run: RunDir) -> None:
    """What the journal says of a promoted run."""
    append(journal_of(config), Entry(event="promoted", run_id=run.run_id, tag=None, sha256="s", passed=True))


def judgment(words: int) -> str:
    """A judgment of about so many words with its operative order at the end."""
    heads = ["IN THE HIGH COURT OF JUDICATURE", "Ramesh Kumar ... Appellant", "State of Goa ... Respondent"]
    middle = (f"{n}. Heard counsel on point {n}. The record of day {n} was perused." for n in range(1, words // 13))
    return "\n\n".join([*heads, *middle, ORDER])
