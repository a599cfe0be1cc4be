"""The merged model to the file that is shipped: F16 GGUF, quantised, measured at every stage, and asked a question."""

import time
from collections.abc import Generator
from pathlib import Path

from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.base_model.tokenizer import vocabulary
from nyay_lib.config import PipelineConfig, Quantization
from nyay_lib.evaluation.answers import context_of
from nyay_lib.export.fidelity import Fidelity, faults, quantise
from nyay_lib.export.gguf import GgufFile, write_gguf
from nyay_lib.export.gguf_header import read_header
from nyay_lib.export.measuring import MEASURING, Tuned, measure
from nyay_lib.export.model_files import Gguf, MergedModel, Rung
from nyay_lib.files import digest_file, digest_value
from nyay_lib.jobs import AnswerJob, Done, Event, FileMeasured, Progress, Quantized, QuantizeJob, Text, run_job
from nyay_lib.prompt import chat_format, conversation
from nyay_lib.registry.serving import require_other_than_serves
from nyay_lib.results import is_intact, require_file
from nyay_lib.runs import RunDir

# Raised when the files are written in another way, so that older ones are not taken for new ones.
QUANTIZATION = 2
QUESTION = "What does Section 420 of the Indian Penal Code punish?"
ANSWER_TOKENS = 48
Files = dict[Quantization, Path]
Making = dict[Quantization, Quantized]


def quantize(config: PipelineConfig, run: RunDir, tuned: Tuned) -> Generator[Event, None, Gguf]:
    """Write the F16 file and what is asked for of it, hold every stage against the one before, and choose what ships.

    Raises ExportError when a file cannot be written or read, RegistryError for a run that serves. What the figures and
    an empty answer mean is for the gate to say.
    """
    inputs = _inputs(config, tuned)
    if (found := Gguf.reuse(run.result("quantize"), inputs)) and is_intact(found.path, found.sha256):
        return found
    require_other_than_serves(config, run, run.result("quantize"), inputs)
    start = time.monotonic()
    tuned.merged.require_intact()
    written = yield from _written(run, tuned.base, tuned.merged)
    f16 = written.path
    files, making = yield from _quantized(config, run, f16)
    # Afterwards: so it was whole for as long as it was read.
    require_file(f16, written.sha256)
    fidelity, measured = yield from measure(config, tuned, files, context_of(config), run.job("quantize") / "measure")
    rungs = _rungs(config, files, making, fidelity, measured)
    chosen = choose(config, rungs)
    path, folder = files[chosen], run.job("quantize") / "ask"
    answer, done = yield from ask(path, QUESTION, tuned.merged.folder, config.registry.num_ctx, folder)
    return Gguf(
        inputs=inputs,
        seconds=time.monotonic() - start,
        path=path,
        sha256=digest_file(path),
        bytes=path.stat().st_size,
        quantization=chosen,
        f16=f16,
        f16_bytes=f16.stat().st_size,
        question=QUESTION,
        answer=answer.strip(),
        tokens_per_second=_rate(done),
        first_token_seconds=float(done.result["first_token_seconds"] or 0.0),
        fidelity=fidelity,
        rungs=tuple(_kept(config, rung, chosen) for rung in rungs),
    ).save(run.result("quantize"))


def _inputs(config: PipelineConfig, tuned: Tuned) -> str:
    """Digest of all that the step makes files and figures from."""
    settings = config.model_dump(mode="json", include={"export", "fidelity"})
    read = [tuned.adapter.digest, tuned.data.digest, config.training.seed, context_of(config)]
    return digest_value([QUANTIZATION, MEASURING, tuned.merged.digest, settings, read])


def _written(run: RunDir, base: Base, merged: MergedModel) -> Generator[Event, None, GgufFile]:
    """The F16 file; small models take a second, 3B ones about a minute."""
    target = run.gguf / "nyay-ai-f16.gguf"
    yield Progress(done=0, total=2, what="F16 file")
    metadata = {"general.license": base.licence, "general.base_model.0.name": base.name, "nyay.run": run.run_id}
    written = write_gguf(merged.folder, target, name=f"nyay-ai {run.run_id}", metadata=metadata)
    yield Progress(done=1, total=2, what="F16 file written")
    return written


def _quantized(config: PipelineConfig, run: RunDir, f16: Path) -> Generator[Event, None, tuple[Files, Making]]:
    """All files that are asked for, the F16 file first, and how the others were made."""
    targets: Files = {name: run.gguf / f"nyay-ai-{name}.gguf" for name in config.export.quantizations}
    targets.pop("f16", None)
    making: Making = {}
    if targets:
        for event in run_job(QuantizeJob(source=f16, targets=targets), run.job("quantize")):
            if isinstance(event, Quantized):
                making[event.quantization] = event
            yield event
    return {"f16": f16, **targets}, making


def _rungs(
    config: PipelineConfig,
    files: Files,
    making: Making,
    fidelity: Fidelity,
    measured: dict[Quantization, FileMeasured],
) -> list[Rung]:
    """What is known of each file. Bits a weight are told from the F16 file, whose few vectors count as 16 too."""
    rungs: list[Rung] = []
    f16_bytes = read_header(files["f16"]).data_bytes
    for name, path in files.items():
        header, made = read_header(path), making.get(name)
        rungs.append(
            Rung(
                quantization=name,
                path=path,
                is_kept=True,
                bytes=header.bytes,
                bits_per_weight=16 * header.data_bytes / f16_bytes,
                tensors=header.tensors,
                fallbacks=made.fallbacks if made else 0,
                tokens_per_second=measured[name].tokens_per_second,
                memory=measured[name].memory,
                faults=tuple(faults(config.fidelity, fidelity, fidelity.stage(quantise(name)))),
            )
        )
    return rungs


def choose(config: PipelineConfig, rungs: list[Rung]) -> Quantization:
    """What is shipped: what is named first, or for ``auto`` the smallest file that lost nothing too much.

    Where every quantised file lost too much it is F16, and the gate says whether that is small enough to be served.
    """
    if config.export.quantization != "auto":
        return config.export.quantizations[0]
    sound = [rung for rung in rungs if not rung.faults]
    return min(sound, key=lambda rung: rung.bytes).quantization if sound else "f16"


def _kept(config: PipelineConfig, rung: Rung, chosen: Quantization) -> Rung:
    """Removes a file that was made only to be compared."""
    if config.export.quantization != "auto" or rung.quantization in (chosen, "f16"):
        return rung
    rung.path.unlink()
    return rung.model_copy(update={"is_kept": False})


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
