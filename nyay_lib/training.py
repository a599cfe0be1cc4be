"""The parent's side of training: one attempt after another, and the adapter that comes of them."""

import math
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from nyay_lib.attempts import ATTEMPTS, Attempt, End, past_attempts
from nyay_lib.awake import Awake
from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.disk import require_room_to_train
from nyay_lib.errors import JobError, NyayError, OutOfMemory, OutOfRungs
from nyay_lib.files import digest_value, write_json
from nyay_lib.jobs import Checkpointed, Done, Event, Progress, Resumed, TrainJob
from nyay_lib.ladder import Rung, ladder, place_of
from nyay_lib.ledger import Ledger, settle
from nyay_lib.memory_lessons import Start, first_rung, learn
from nyay_lib.nights import now
from nyay_lib.planning.plan import Plan
from nyay_lib.ranks import run_ranks
from nyay_lib.records import Records
from nyay_lib.registry.serving import require_other_than_serves
from nyay_lib.registry.unloading import unload_models
from nyay_lib.results import Product, first_damaged, seal
from nyay_lib.runs import RunDir
from nyay_lib.slow_training import SlowWatch
from nyay_lib.swap import MIB, SWAPPING, SwapWatch
from nyay_lib.watch import Evaluations, Watch, read_history
from nyay_lib.what_fits import what_would_fit

# Told of each event; of the begin, and of an end that is not well, with none.
Watching = Callable[[Watch, Event | None], None]

# Raised when training changes what it computes, so that older adapters are not taken for new ones.
TRAINING = 3
WEIGHTS, SETTINGS = "adapters.safetensors", "adapter_config.json"


class Adapter(Product):
    """The trained adapter. Losses in nats a completion token; memory in bytes."""

    digest: str
    steps: int
    best_step: int
    first_loss: float
    last_loss: float
    validation_loss: float
    tokens: int
    tokens_per_second: float
    peak_memory: int
    process_peak: int = 0
    trainable_parameters: int
    device: str
    ledger: Ledger
    attempts: list[Attempt]
    warnings: list[str]

    def damaged(self) -> Path | None:
        """As of every product; one of before files were kept knows the digest of its weights."""
        return first_damaged(self.folder, self.files or {WEIGHTS: self.digest})


def mend_adapter(run: RunDir) -> str:
    """What to do about a damaged adapter, in words."""
    return f"put it back from a backup, or remove {run.result('train')} and run again: its training goes on from there"


def inputs_digest(config: PipelineConfig, base: Base, data: Dataset) -> str:
    """Digest of all that an adapter is made from."""
    return digest_value([TRAINING, base.digest, data.digest, settings_digest(config)])


def settings_digest(config: PipelineConfig) -> str:
    """Digest of the settings that change what is computed; how often is logged or saved is not among them."""
    sections = config.model_dump(include={"lora", "training", "optimizer", "scheduler"})
    # The micro-batch is a memory knob: only the effective batch counts.
    sections["training"] |= {"batch_size": config.training.effective_batch_size, "gradient_accumulation": 1}
    return digest_value([sections, config.eval_every_steps])


def train(
    config: PipelineConfig, run: RunDir, base: Base, data: Dataset, watching: Watching, plan: Plan | None = None
) -> Adapter | None:
    """Train in a child process, going on from the newest checkpoint of this run; None outside the hours of training.

    With a ``plan`` the rows and epochs are those that it chose, and its first rung and its speed are gone by.
    ``watching`` is called after each event, and without one at the begin and when training has failed. Raises
    OutOfMemory when the next try, one rung down, is worth making, and OutOfRungs when there is none; RegistryError for
    a run that serves; JobError for any other end of the child.
    """
    if plan is not None:
        config, data = plan.applied(config, data)
    inputs = inputs_digest(config, base, data)
    if found := Adapter.reuse(run.result("train"), inputs):
        # Hours of work: whether they are done again is for a person to say.
        found.require_intact(mend_adapter(run))
        return found
    require_other_than_serves(config, run, run.result("train"), inputs)
    if not config.time.nights.is_open(now()):
        return None
    require_room_to_train(config, run, base.parameters)
    base.require_intact()
    data.require_intact()
    start = time.monotonic()
    attempt = _next_attempt(config, base, past_attempts(run), plan)
    # What earlier attempts told is part of the picture.
    evaluations = Evaluations(config.eval_every_steps, data.validation.tokens)
    watch = read_history(run.job("train") / "events.jsonl", evaluations)
    watch.attempts = [*past_attempts(run), attempt]
    for text in plan.reductions if plan else ():
        watch.warn(text)
    records = Records(config, run, data, watch)
    with Awake() as awake:

        def seen(watch: Watch, event: Event | None) -> None:
            awake.look()
            watching(watch, event)

        done = _watched(_job(config, run, base, data, attempt.rung), run, base, watch, records, seen, plan)
    if watch.paused:
        return None
    ledger = _settled(config, data, run, watch)
    return _adapter(inputs, time.monotonic() - start, run, watch, done, ledger).save(run.result("train"))


def _next_attempt(config: PipelineConfig, base: Base, attempts: list[Attempt], plan: Plan | None) -> Attempt:
    """On the rung of the last attempt, or one lower where memory ran out; the first where earlier runs teach it, or
    lower where the plan knows that memory does not suffice."""
    rungs, start = ladder(config), first_rung(config, base)
    if plan is not None and plan.first > place_of(start.rung, rungs):
        start = Start(plan.rung.rung, "the plan found no memory for more")
    if attempts:
        place = place_of(attempts[-1].rung, rungs) + (attempts[-1].end == "out of memory")
        start = Start(rungs[min(place, len(rungs) - 1)])
    notes = [note for note in (start.why, unload_models(config)) if note]
    started = now().astimezone(config.time.nights.zone)
    return Attempt(number=len(attempts) + 1, rung=start.rung, started=started, note="; ".join(notes))


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
        start=data.replay.adapter if data.replay else None,
    )


def _watched(
    job: TrainJob, run: RunDir, base: Base, watch: Watch, records: Records, watching: Watching, plan: Plan | None
) -> Done:
    """Run the job, keeping attempts.json and the records true at every moment."""
    rung = watch.attempts[-1].rung
    last, speed = rung == ladder(job.config)[-1], plan.calibrated_speed(rung) if plan else None
    slow, swap = SlowWatch(speed), SwapWatch(job.config.memory.swap_limit * MIB, speed)
    _record(run, watch)
    events = run_ranks(job, run.job("train"))
    try:
        watching(watch, None)
        while True:
            event = next(events)
            watch.see(event)
            records.see(event)
            if isinstance(event, Checkpointed | Resumed):
                _record(run, watch)
            if isinstance(event, Checkpointed):
                learn(job.config, base, run.run_id, watch.attempts)
            if reason := swap.see(event):
                _swapping(watch, reason, last=last)
            if not isinstance(event, Progress):
                watching(watch, event)
            if warning := slow.see(event, watch):
                watch.see(warning)
                watching(watch, warning)
    except StopIteration as stop:
        _end(run, watch, "paused" if watch.paused else "done", "")
        learn(job.config, base, run.run_id, watch.attempts)
        return stop.value
    except OutOfMemory as error:
        _end(run, watch, "out of memory", str(error), suspected=error.suspected)
        if last:
            watching(watch, None)
            fit = what_would_fit(job.config, base.parameters, psutil.virtual_memory().available, plan)
            raise OutOfRungs(f"{error}; this was the smallest step: {fit}") from error
        raise
    except Exception as error:
        _end(run, watch, "failed", str(error) or type(error).__name__)
        if isinstance(error, NyayError):
            watching(watch, None)
        raise
    except BaseException as error:  # cancelled, or its process was told to end
        _end(run, watch, "stopped", type(error).__name__)
        raise
    finally:
        events.close()
        records.close(succeeded=watch.attempts[-1].end in ("done", "paused"))


def _swapping(watch: Watch, reason: str, *, last: bool) -> None:
    """Raise OutOfMemory, which ends the child at its checkpoint; on the last rung go on, and say so once."""
    if not last:
        raise OutOfMemory(reason, suspected=True)
    if not any(warning.startswith(SWAPPING) for warning in watch.warnings):
        watch.warnings.append(f"{reason}; this is the smallest step, so it goes on: close other programs")


def _end(run: RunDir, watch: Watch, end: End, reason: str, *, suspected: bool = False) -> None:
    ended = {"end": end, "reason": reason, "suspected": suspected}
    watch.attempts[-1] = watch.attempts[-1].model_copy(update=ended)
    _record(run, watch)


def _record(run: RunDir, watch: Watch) -> None:
    write_json(run.attempts, ATTEMPTS.dump_python(watch.attempts, mode="json"))


def _settled(config: PipelineConfig, data: Dataset, run: RunDir, watch: Watch) -> Ledger:
    if watch.covered is None:
        raise JobError(f"train: the process did not say what it trained on; the full log is in {run.job('train')}")
    return settle(config, data.train, watch.covered).save(run.ledger)


def _adapter(inputs: str, seconds: float, run: RunDir, watch: Watch, done: Done, ledger: Ledger) -> Adapter:
    steps, files = list(watch.steps.values()), seal(run.adapter, (WEIGHTS, SETTINGS))
    return Adapter(
        inputs=inputs,
        seconds=seconds,
        folder=run.adapter,
        files=files,
        digest=files[WEIGHTS],
        steps=int(done.result["steps"] or 0),
        best_step=int(done.result["best_step"] or 0),
        first_loss=steps[0].loss,
        last_loss=steps[-1].loss,
        validation_loss=float(done.result["validation_loss"] or math.nan),
        tokens=ledger.tokens,
        tokens_per_second=watch.tokens_per_second,
        peak_memory=int(done.result["peak_memory"] or 0),
        process_peak=int(done.result["process_peak"] or 0),
        trainable_parameters=int(done.result["trainable_parameters"] or 0),
        device=watch.device,
        ledger=ledger,
        attempts=watch.attempts,
        warnings=watch.warnings,
    )
