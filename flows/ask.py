"""``nyay ask``: the newest model's answer, streamed."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from nyay_lib.base_model.prepared import BaseModel
from nyay_lib.base_model.tokenizer import vocabulary
from nyay_lib.config import PipelineConfig, load_config
from nyay_lib.errors import NyayError
from nyay_lib.export.model_files import Gguf
from nyay_lib.jobs import AnswerJob, Text, run_job
from nyay_lib.prompt import chat_format, conversation
from nyay_lib.runs import RunDir


def answer(question: str, run_id: str | None, max_tokens: int, config_file: Path | None) -> None:
    """Print the answer to ``question`` as it comes. Raises NyayError when there is no model."""
    config = load_config(config_file) if config_file else PipelineConfig()
    run, gguf = model_of(config.paths.runs, run_id)
    print(f"run {run.run_id}, {gguf.path.name}; check every citation against the law itself\n", file=sys.stderr)
    for piece in stream(run, gguf, question, max_tokens):
        print(piece, end="", flush=True)
    print()


def model_of(runs: Path, run_id: str | None) -> tuple[RunDir, Gguf]:
    """The model of a run, or of the newest run that has one."""
    found = [RunDir.at(runs, run_id)] if run_id else [RunDir(path) for path in sorted(runs.resolve().glob("*"))]
    made = [run for run in found if run.result("quantize").exists()]
    if not made:
        where = f"run {run_id!r} has no model" if run_id else f"{runs}: holds no run with a finished model"
        raise NyayError(f"{where}; make one with `prefect deployment run train-nyay/demo` while `nyay up` runs")
    newest = max(made, key=lambda run: run.result("quantize").stat().st_mtime)
    gguf = Gguf.model_validate_json(newest.result("quantize").read_bytes())
    if not gguf.path.exists():
        raise NyayError(f"{gguf.path}: is gone; run {newest.run_id!r} again to make it anew")
    return newest, gguf


def stream(run: RunDir, gguf: Gguf, question: str, max_tokens: int) -> Iterator[str]:
    """The pieces of a greedy answer, with the system prompt and template of training."""
    base = BaseModel.model_validate_json(run.result("download-base").read_bytes())
    config = PipelineConfig.model_validate_json(run.config.read_bytes())
    chat = chat_format(vocabulary(base.folder))
    job = AnswerJob(
        gguf=gguf.path,
        prompt=chat.prompt(conversation(question)),
        stops=chat.stops,
        max_tokens=max_tokens,
        context=config.registry.num_ctx,
    )
    with tempfile.TemporaryDirectory() as folder:
        for event in run_job(job, Path(folder)):
            if isinstance(event, Text):
                yield event.text
