"""A child process for everything that can take the machine down: its job, its typed events, and why it ended.

The child is ``python -m nyay_lib.engine job.json``. It writes one JSON event a line to its standard output and all
else to ``engine.log``. The parent yields the events, kills the child on the way out, and says how it ended: a result,
an error with the log's last lines, or memory that ran out.
"""

import contextlib
import errno
import os
import subprocess
import sys
from collections.abc import Callable, Generator, Mapping
from io import FileIO
from pathlib import Path
from types import MappingProxyType
from typing import IO, Annotated, Literal, TypeVar

import pydantic
from pydantic import Field

from nyay_lib.config import LoraConfig, PipelineConfig, Quantization
from nyay_lib.endings import FailureKind, why
from nyay_lib.errors import JobError
from nyay_lib.files import write_text
from nyay_lib.lines import whole_lines

# --- jobs -----------------------------------------------------------------------------------------------------------


class Frozen(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class QuantizeBaseJob(Frozen):
    """Hugging Face folder to an MLX folder with ``bits``-bit weights."""

    kind: Literal["quantize_base"] = "quantize_base"
    source: Path
    target: Path
    bits: int


class CalibrateJob(Frozen):
    """Measure what a few micro-batches take, in about ``seconds`` beside the loading of the base."""

    kind: Literal["calibrate"] = "calibrate"
    base: Path
    lora: LoraConfig
    seconds: float


class LookJob(Frozen):
    """Say what an engine is, on which device, and let it compute a little."""

    kind: Literal["look"] = "look"
    at: Literal["mlx", "llama.cpp"]


class TrainJob(Frozen):
    """Train, or go on from the newest checkpoint. ``micro_batch`` changes memory, not the result.

    ``start`` is an adapter of the same shape that training begins with, None for a new one.
    """

    kind: Literal["train"] = "train"
    config: PipelineConfig
    base: Path
    train: Path
    validation: Path
    checkpoints: Path
    adapter: Path
    fingerprints: dict[str, str]
    micro_batch: int
    gradient_checkpointing: bool
    start: Path | None = None


class EvaluateJob(Frozen):
    """Loss over all of ``validation`` and greedy answers to those of its ``rows``, appended to ``answers``."""

    kind: Literal["evaluate"] = "evaluate"
    base: Path
    adapter: Path | None
    validation: Path
    answers: Path
    rows: tuple[int, ...]
    max_tokens: int
    batch_size: int


class FuseJob(Frozen):
    """Base and adapter, or the base alone, to one Hugging Face folder in f16.

    ``source`` is the folder that the base was quantised from: tokenizer files are taken as they are there.
    """

    kind: Literal["fuse"] = "fuse"
    base: Path
    adapter: Path | None
    target: Path
    source: Path | None = None

    @property
    def original(self) -> Path:
        return self.source or self.base


class QuantizeJob(Frozen):
    """The F16 GGUF file ``source`` to one of each quantisation in ``targets``, by llama.cpp."""

    kind: Literal["quantize"] = "quantize"
    source: Path
    targets: dict[Quantization, Path]


class MeasureTunedJob(Frozen):
    """What base, adapter and ``merged`` make of ``rows`` of ``validation``, in MLX; without an adapter the base twice.

    ``folder`` receives the windows that were read, the figures of each stage, and the logits of the last one.
    """

    kind: Literal["measure_tuned"] = "measure_tuned"
    base: Path
    adapter: Path | None
    merged: Path
    validation: Path
    rows: tuple[int, ...]
    answer_tokens: int
    prompts: int
    greedy_tokens: int
    folder: Path


class MeasureFilesJob(Frozen):
    """What GGUF ``files`` make of the windows in ``folder``, by llama.cpp: the F16 file first, then its offspring."""

    kind: Literal["measure_files"] = "measure_files"
    files: dict[Quantization, Path]
    folder: Path
    context: int


class AnswerJob(Frozen):
    """Stream one answer of a GGUF file, by llama.cpp. ``prompt`` is the rendered text."""

    kind: Literal["answer"] = "answer"
    gguf: Path
    prompt: str
    stops: tuple[str, ...]
    max_tokens: int
    context: int
    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 40
    min_p: float = 0.05
    repeat_penalty: float = 1.0
    seed: int = 0


class SpeakJob(Frozen):
    """Stream one greedy answer of a model folder, with an adapter where it has one of its own, by MLX."""

    kind: Literal["speak"] = "speak"
    folder: Path
    adapter: Path | None
    prompt: str
    max_tokens: int


class Sampling(Frozen):
    """How the next token is drawn: what the Modelfile says."""

    temperature: float
    top_p: float


class GenerateJob(Frozen):
    """Sampled answers of a GGUF file to ``questions``, by llama.cpp, appended to ``answers`` one by one.

    A question is a line with ``key``, ``seed`` and ``messages``; its answer has the same key.
    """

    kind: Literal["generate"] = "generate"
    gguf: Path
    questions: Path
    answers: Path
    max_tokens: int
    context: int
    sampling: Sampling


class ScoreJob(Frozen):
    """Loss of a GGUF file over the answers of ``validation``, by llama.cpp, appended to ``losses`` row by row."""

    kind: Literal["score"] = "score"
    gguf: Path
    validation: Path
    losses: Path
    context: int


class ServeJob(Frozen):
    """Answer over HTTP until told to end, by llama.cpp. Prompt and answer share ``budget`` tokens, as in training.

    ``max_tokens`` and ``sampling`` are for requests that do not say; ``tokenizer`` is a folder.
    """

    kind: Literal["serve"] = "serve"
    gguf: Path
    tokenizer: Path
    name: str
    context: int
    budget: int
    max_tokens: int
    sampling: Sampling
    host: str
    port: int


Job = (
    QuantizeBaseJob
    | CalibrateJob
    | LookJob
    | TrainJob
    | EvaluateJob
    | FuseJob
    | QuantizeJob
    | MeasureTunedJob
    | MeasureFilesJob
    | AnswerJob
    | SpeakJob
    | GenerateJob
    | ScoreJob
    | ServeJob
)
AnyJob: pydantic.TypeAdapter[Job] = pydantic.TypeAdapter(Annotated[Job, Field(discriminator="kind")])

# --- events ---------------------------------------------------------------------------------------------------------


class Started(Frozen):
    """The child runs. ``device`` is what it computes on."""

    type: Literal["started"] = "started"
    pid: int
    device: str


class Progress(Frozen):
    """``done`` of ``total`` units of work, and how long the rest will take where that is known."""

    type: Literal["progress"] = "progress"
    done: int
    total: int
    what: str
    seconds_left: float | None = None


class Loaded(Frozen):
    """A model with its adapter is in memory. Bytes: MLX's ``active_memory``, and the process's peak so far.

    ``chunk`` is the number of positions whose logits exist together on each of the ``lanes``; ``attention_ratio`` is
    the work of attention over that of the weights for each token of length. On a CPU the weights are written out
    (``is_dense``) where their ``dense_bytes`` are less than ``dense_share`` of the free memory.
    """

    type: Literal["loaded"] = "loaded"
    lanes: int
    chunk: int
    attention_ratio: float
    active_memory: int
    process_peak: int
    dense_bytes: int
    dense_share: float
    is_dense: bool
    trainable_parameters: int


class Setting(Frozen):
    """A micro-batch of ``rows`` that the model reads ``length`` tokens of, the last ``answer`` of them completions."""

    rows: int
    length: int
    answer: int
    gradient_checkpointing: bool = False

    def __str__(self) -> str:
        extra = ", gradient checkpointing" if self.gradient_checkpointing else ""
        return f"{self.rows} x {self.length} tokens{extra}"


class Measured(Frozen):
    """What a micro-batch took, forwards and backwards; ``forward_seconds`` is 0 where that was not measured apart.

    Bytes: MLX's ``peak_memory`` for this setting, and the process's so far, on Linux since the base was loaded.
    """

    type: Literal["measured"] = "measured"
    setting: Setting
    seconds: float
    forward_seconds: float
    peak_memory: int
    process_peak: int


class TrainStep(Frozen):
    """One optimizer step of an epoch, both from 1. Loss in nats a token over completion tokens; memory in bytes.

    Epoch, active and cached memory are 0 where an earlier version of this program trained and did not tell.
    """

    type: Literal["step"] = "step"
    step: int
    total: int
    epoch: int = 0
    loss: float
    learning_rate: float
    grad_norm: float
    tokens: int
    completion_tokens: int
    seconds: float
    peak_memory: int
    active_memory: int = 0
    cache_memory: int = 0
    process_memory: int


class Validated(Frozen):
    """Loss over the whole validation set after ``step``."""

    type: Literal["validated"] = "validated"
    step: int
    loss: float
    seconds: float = 0.0


class Canary(Frozen):
    """The answer to row ``row`` of the validation file, counted from 0; ``fault`` says what is wrong with its form."""

    row: int
    text: str
    tokens: int
    fault: str = ""


class Canaries(Frozen):
    """What the model answers after ``step``; after step 0 it is the base."""

    type: Literal["canaries"] = "canaries"
    step: int
    answers: tuple[Canary, ...]
    seconds: float


class Checkpointed(Frozen):
    """The state after ``step`` is safe on disk."""

    type: Literal["checkpointed"] = "checkpointed"
    step: int


class Resumed(Frozen):
    """Training goes on after ``step``."""

    type: Literal["resumed"] = "resumed"
    step: int


class Paused(Frozen):
    """The hours of training are over; the state after ``step`` is safe on disk."""

    type: Literal["paused"] = "paused"
    step: int


class Covered(Frozen):
    """What all of training has trained on in ``steps``: ``rows``, each between ``least`` and ``most`` times."""

    type: Literal["covered"] = "covered"
    steps: int
    rows: int
    least: int
    most: int
    tokens: int
    completion_tokens: int


class Warned(Frozen):
    """Training goes on, or ends early, in another way than was planned."""

    type: Literal["warned"] = "warned"
    step: int
    text: str


class Serving(Frozen):
    """The model is loaded, and requests are answered at ``url``."""

    type: Literal["serving"] = "serving"
    url: str


class Quantized(Frozen):
    """A file is there. ``fallbacks`` of its tensors have rows that its type does not fit, and took more bits."""

    type: Literal["quantized"] = "quantized"
    quantization: Quantization
    tensors: int
    fallbacks: int
    seconds: float


class FileMeasured(Frozen):
    """A file was read by llama.cpp, whose process grew by ``memory`` bytes with it, weights and context.

    ``other_tokens`` counts the windows that llama.cpp cuts into other tokens than the base's own tokenizer.
    """

    type: Literal["file_measured"] = "file_measured"
    quantization: Quantization
    tokens_per_second: float
    memory: int
    other_tokens: int


class Text(Frozen):
    """A piece of an answer."""

    type: Literal["text"] = "text"
    text: str


class Done(Frozen):
    """The job's result; the child's last event."""

    type: Literal["done"] = "done"
    result: dict[str, float | int | str | None]


class Failed(Frozen):
    """The job's error. ``kind`` is ``user`` for an error whose message is meant for the user."""

    type: Literal["failed"] = "failed"
    kind: FailureKind
    message: str


Event = (
    Started
    | Progress
    | Loaded
    | Measured
    | TrainStep
    | Validated
    | Canaries
    | Checkpointed
    | Resumed
    | Paused
    | Covered
    | Warned
    | Serving
    | Quantized
    | FileMeasured
    | Text
    | Done
    | Failed
)
AnyEvent: pydantic.TypeAdapter[Event] = pydantic.TypeAdapter(Annotated[Event, Field(discriminator="type")])

# --- running --------------------------------------------------------------------------------------------------------

R = TypeVar("R")
GRACE_SECONDS = 5.0
EMPTY: Mapping[str, str] = MappingProxyType({})


def run_job(
    job: Job,
    folder: Path,
    settings: Mapping[str, str] = EMPTY,
    started: Callable[["subprocess.Popen[bytes]"], None] | None = None,
) -> Generator[Event, None, Done]:
    """Run ``job`` in a child process, yield its events, and return its last one.

    ``folder`` receives job.json, events.jsonl and engine.log; earlier runs' events and logs are kept, appended to.
    ``settings`` go into the child's environment; ``started`` is called with its process.
    Raises OutOfMemory, JobError, or NyayError with the child's own message. However the generator is left, the child
    is gone afterwards.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "job.json", job.model_dump_json(indent=2, by_alias=True) + "\n")
    log = folder / "engine.log"
    last: Event | None = None
    with log.open("ab") as log_file, (folder / "events.jsonl").open("ab", buffering=0) as events_file:
        # A full disk, or a kill, may have left half a line, which the next one must not be added to.
        events_file.truncate(whole_lines(folder / "events.jsonl"))
        log_start = log_file.tell()
        with _child(folder / "job.json", log_file, settings) as child:
            if started:
                started(child)
            assert child.stdout is not None
            for line in child.stdout:
                if not line.endswith(b"\n"):
                    break  # the child was killed while it wrote
                _keep(events_file, line)
                last = read_event(line, job.kind)
                yield last
            code = child.wait()
    if isinstance(last, Done) and code == 0:
        return last
    raise why(job.kind, last if isinstance(last, Failed) else None, code, log, log_start)


def read_event(line: bytes, job: str) -> Event:
    """A line that a child wrote. Raises JobError for one that is no event."""
    try:
        return AnyEvent.validate_json(line)
    except pydantic.ValidationError as error:
        raise JobError(
            f"{job}: the process wrote {line[:60]!r}, which is no event; see that no other version of this program runs"
        ) from error


def finish(events: Generator[Event, None, Done]) -> Done:
    """Run a job to its end for its result alone."""
    while True:
        try:
            next(events)
        except StopIteration as stop:
            return stop.value


def named(events: Generator[Event, None, R], whose: str) -> Generator[Event, None, R]:
    """The same events, whose progress says whose it is."""
    with contextlib.closing(events):
        while True:
            try:
                event = next(events)
            except StopIteration as stop:
                return stop.value
            yield event.model_copy(update={"what": f"{event.what} {whose}"}) if isinstance(event, Progress) else event


def engine(job: Path) -> list[str]:
    """The command of a child process."""
    return [sys.executable, "-m", "nyay_lib.engine", str(job)]


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child on this machine, which ends with this process."""
    return {**os.environ, "NYAY_PARENT_PID": str(os.getpid()), "PYTHONUNBUFFERED": "1", **settings}


def _keep(file: FileIO, line: bytes) -> None:
    """Write a line to the operating system. Raises OSError, naming the file, where a full disk takes only a part."""
    try:
        written = file.write(line)
    except OSError as error:
        error.filename = file.name
        raise
    if written < len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), file.name)


@contextlib.contextmanager
def _child(job: Path, log: IO[bytes], settings: Mapping[str, str]) -> Generator["subprocess.Popen[bytes]"]:
    """The child process; on the way out it is ended."""
    child = subprocess.Popen(
        engine(job), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=environment(settings)
    )
    try:
        yield child
    finally:
        end(child)


def end(process: "subprocess.Popen[bytes]") -> None:
    """Ask a process to end, then make it."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
    if process.poll() is None:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
