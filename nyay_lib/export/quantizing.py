"""The merged model to the file that is shipped: F16 GGUF, quantised, loaded, and asked a question."""

import time
from collections.abc import Generator
from pathlib import Path

from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.base_model.tokenizer import vocabulary
from nyay_lib.config import PipelineConfig
from nyay_lib.export.gguf import write_gguf
from nyay_lib.export.gguf_header import read_header
from nyay_lib.export.model_files import Gguf, MergedModel
from nyay_lib.files import digest_file, digest_value
from nyay_lib.jobs import AnswerJob, Done, Event, Progress, QuantizeJob, Text, run_job
from nyay_lib.prompt import chat_format, conversation
from nyay_lib.runs import RunDir

# Raised when the files are written in another way, so that older ones are not taken for new ones.
QUANTIZATION = 1
QUESTION = "What does Section 420 of the Indian Penal Code punish?"
ANSWER_TOKENS = 48


def quantize(config: PipelineConfig, run: RunDir, base: Base, merged: MergedModel) -> Generator[Event, None, Gguf]:
    """Write the F16 file, quantise it in a child process, check it, and ask it a question through llama.cpp.

    Raises ExportError when a file cannot be written or read. What an empty answer means is for the gate to say.
    """
    inputs = digest_value([QUANTIZATION, merged.digest, config.export.quantization])
    if (found := Gguf.reuse(run.result("quantize"), inputs)) and found.path.exists():
        return found
    start = time.monotonic()
    f16 = yield from _written(run, base, merged)
    path = yield from _quantized(config, run, f16)
    read_header(path)
    answer, done = yield from ask(path, QUESTION, merged.folder, config.registry.num_ctx, run.job("quantize") / "ask")
    return Gguf(
        inputs=inputs,
        seconds=time.monotonic() - start,
        path=path,
        sha256=digest_file(path),
        bytes=path.stat().st_size,
        quantization=config.export.quantization,
        f16=f16,
        f16_bytes=f16.stat().st_size,
        question=QUESTION,
        answer=answer.strip(),
        tokens_per_second=_rate(done),
        first_token_seconds=float(done.result["first_token_seconds"] or 0.0),
    ).save(run.result("quantize"))


def _written(run: RunDir, base: Base, merged: MergedModel) -> Generator[Event, None, Path]:
    """The F16 file; small models take a second, 3B ones about a minute."""
    target = run.gguf / "nyay-ai-f16.gguf"
    yield Progress(done=0, total=2, what="F16 file")
    metadata = {"general.license": base.licence, "general.base_model.0.name": base.name, "nyay.run": run.run_id}
    write_gguf(merged.folder, target, name=f"nyay-ai {run.run_id}", metadata=metadata)
    yield Progress(done=1, total=2, what="F16 file written")
    return target


def _quantized(config: PipelineConfig, run: RunDir, f16: Path) -> Generator[Event, None, Path]:
    if config.export.quantization == "f16":
        return f16
    target = run.gguf / f"nyay-ai-{config.export.quantization}.gguf"
    job = QuantizeJob(source=f16, target=target, quantization=config.export.quantization)
    yield from run_job(job, run.job("quantize"))
    return target


def ask(
    gguf: Path, question: str, tokenizer: Path, context: int, job_folder: Path
) -> Generator[Event, None, tuple[str, Done]]:
    """The greedy answer of a GGUF file to one question, with the one prompt."""
    chat = chat_format(vocabulary(tokenizer))
    job = AnswerJob(
        gguf=gguf,
        prompt=chat.prompt(conversation(question)),
        stops=chat.stops,
        max_tokens=ANSWER_TOKENS,
        context=context,
    )
    pieces: list[str] = []
    events = run_job(job, job_folder)
    while True:
        try:
            event = next(events)
        except StopIteration as stop:
            return "".join(pieces), stop.value
        if isinstance(event, Text):
            pieces.append(event.text)
        yield event


def _rate(done: Done) -> float:
    """Tokens a second after the first one."""
    tokens, seconds = int(done.result["tokens"] or 0), float(done.result["seconds"] or 0.0)
    generating = seconds - float(done.result["first_token_seconds"] or 0.0)
    return (tokens - 1) / generating if tokens > 1 and generating > 0 else 0.0
