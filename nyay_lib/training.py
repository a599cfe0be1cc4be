"""The parent's side of training: one attempt after another, and the adapter that comes of them."""

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from nyay_lib.attempts import ATTEMPTS, Attempt, past_attempts
from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.errors import OutOfMemory, OutOfRungs
from nyay_lib.files import digest_file, digest_value, write_json
from nyay_lib.jobs import Done, Progress, TrainJob, run_job
from nyay_lib.ladder import Rung, ladder
from nyay_lib.results import Result
from nyay_lib.runs import RunDir
from nyay_lib.watch import Watch, read_history

# Raised when training changes what it computes, so that older adapters are not taken for new ones.
TRAINING = 2


class Adapter(Result):
    """The trained adapter. Losses in nats a completion token; memory in bytes."""

    folder: Path
    digest: str
    steps: int
    best_step: int
    first_loss: float
    last_loss: float
    validation_loss: float
    tokens: int
    tokens_per_second: float
    peak_memory: int
    trainable_parameters: int
    device: str
    attempts: list[Attempt]
    warnings: list[str]


def inputs_digest(config: PipelineConfig, base: Base, data: Dataset) -> str:
    """Digest of all that an adapter is made from."""
    return digest_value([TRAINING, base.digest, data.digest, settings_digest(config)])


def settings_digest(config: PipelineConfig) -> str:
    """Digest of the settings that change what is computed; how often is logged or saved is not among them."""
    sections = config.model_dump(include={"lora", "training", "optimizer", "scheduler"})
    # The micro-batch is a memory knob: only the effective batch counts.
    sections["training"] |= {"batch_size": config.training.effective_batch_size, "gradient_accumulation": 1}
    return digest_value([sections, config.eval_every_steps])


def train(config: PipelineConfig, run: RunDir, base: Base, data: Dataset, watching: Callable[[Watch], None]) -> Adapter:
    """Train in a child process, going on from the newest checkpoint of this run.

    ``watching`` is called after each event. Raises OutOfMemory when the next try, one rung down, is worth making, and
    OutOfRungs when there is none; JobError for any other end of the child.
    """
    inputs = inputs_digest(config, base, data)
    if found := Adapter.reuse(run.result("train"), inputs):
        return found
    start = time.monotonic()
    attempts, rungs = past_attempts(run), ladder(config)
    lower = sum(attempt.end == "out of memory" for attempt in attempts)
    rung = rungs[min(lower, len(rungs) - 1)]
    watch = Watch([*attempts, Attempt(number=len(attempts) + 1, rung=rung, started=datetime.now(UTC))])
    done = _watched(_job(config, run, base, data, rung), run, watch, watching, last=lower >= len(rungs) - 1)
    return _adapter(inputs, time.monotonic() - start, run, watch, done).save(run.result("train"))


def _job(config: PipelineConfig, run: RunDir, base: Base, data: Dataset, rung: Rung) -> TrainJob:
    fingerprints = {"base model": base.digest, "data set": data.digest, "configuration": settings_digest(config)}
    return TrainJob(
        config=config,
        base=base.folder,
        train=data.train_file,
        validation=data.validation_file,
        checkpoints=run.checkpoints,
        adapter=run.adapter,
        fingerprints=fingerprints,
        micro_batch=rung.micro_batch,
        gradient_checkpointing=rung.gradient_checkpointing,
    )


def _watched(job: TrainJob, run: RunDir, watch: Watch, watching: Callable[[Watch], None], *, last: bool) -> Done:
    """Run the job, keeping attempts.json true at every moment."""
    _record(run, watch)
    events = run_job(job, run.job("train"))
    try:
        while True:
            event = next(events)
            watch.see(event)
            if not isinstance(event, Progress):
                watching(watch)
    except StopIteration as stop:
        _end(run, watch, "done", "")
        return stop.value
    except OutOfMemory as error:
        _end(run, watch, "out of memory", str(error))
        if last:
            raise OutOfRungs(f"{error}; this was the smallest step: {_what_would_fit(job)}") from error
        raise
    except BaseException as error:
        _end(run, watch, "failed", str(error) or type(error).__name__)
        raise
    finally:
        events.close()


def _what_would_fit(job: TrainJob) -> str:
    training = job.config.training
    return f"lower training.max_seq_length below {training.max_seq_length}, or take a smaller model.name"


def _end(run: RunDir, watch: Watch, end: Literal["done", "out of memory", "failed"], reason: str) -> None:
    watch.attempts[-1] = watch.attempts[-1].model_copy(update={"end": end, "reason": reason})
    _record(run, watch)


def _record(run: RunDir, watch: Watch) -> None:
    write_json(run.attempts, ATTEMPTS.dump_python(watch.attempts, mode="json"))


def _adapter(inputs: str, seconds: float, run: RunDir, watch: Watch, done: Done) -> Adapter:
    history = read_history(run.job("train") / "events.jsonl")
    first, last = history.steps[min(history.steps)], history.steps[max(history.steps)]
    return Adapter(
        inputs=inputs,
        seconds=seconds,
        folder=run.adapter,
        digest=digest_file(run.adapter / "adapters.safetensors"),
        steps=int(done.result["steps"] or 0),
        best_step=int(done.result["best_step"] or 0),
        first_loss=first.loss,
        last_loss=last.loss,
        validation_loss=float(done.result["validation_loss"] or math.nan),
        tokens=sum(step.tokens for step in history.steps.values()),
        tokens_per_second=history.tokens_per_second,
        peak_memory=int(done.result["peak_memory"] or 0),
        trainable_parameters=int(done.result["trainable_parameters"] or 0),
        device=watch.device,
        attempts=watch.attempts,
        warnings=list(dict.fromkeys(history.warnings)),
    )
