"""The parent's side of a calibration: run once for a base, an adapter and a machine, then kept in the cache."""

import time
from collections.abc import Generator
from importlib.metadata import version
from pathlib import Path

import psutil

import nyay_lib
from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.config import PipelineConfig
from nyay_lib.errors import JobError, OutOfMemory
from nyay_lib.files import digest_file, digest_value
from nyay_lib.jobs import CalibrateJob, Done, Event, Loaded, Measured, Progress, Started, run_job
from nyay_lib.machine import Machine, this_machine
from nyay_lib.results import Result

# Beside loading the base; enough for rows of some hundred tokens, and soon over beside hours of training.
SECONDS = 20.0
NAME = "calibration.json"


class Calibration(Result):
    """What the settings took, in the order in which they were measured; seconds of one load, update and next token.

    ``facts`` are None, and nothing is measured, where it failed at once. ``failed`` says what was under way when it
    ended before its time, and why.
    """

    machine: Machine
    device: str = ""
    facts: Loaded | None = None
    measured: tuple[Measured, ...] = ()
    load_seconds: float = 0.0
    update_seconds: float = 0.0
    decode_seconds: float = 0.0
    failed: str = ""

    @property
    def holds_now(self) -> bool:
        """Whether the base would be loaded in the same form: on a CPU it is written out where memory is free for it."""
        if self.facts is None or not self.device.startswith("CPU"):
            return True
        room = psutil.virtual_memory().available * self.facts.dense_share
        return self.facts.is_dense == (self.facts.dense_bytes < room)


def calibrate(config: PipelineConfig, base: Base) -> Generator[Event, None, Calibration]:
    """Measure, yielding the child's events, or hand out what was measured before on the same machine.

    A calibration that fails is not kept and ends no plan: what it measured until then is handed out.
    """
    inputs, folder = inputs_digest(config, base), folder_of(config, base)
    if found := kept(config, base):
        return found
    job = CalibrateJob(base=base.folder, lora=config.lora, seconds=SECONDS)
    calibration, start = Calibration(inputs=inputs, machine=this_machine()), time.monotonic()
    events = run_job(job, folder)
    try:
        while True:
            event = next(events)
            calibration = after(calibration, event, time.monotonic() - start)
            yield event
    except StopIteration as stop:
        done: Done = stop.value
        seconds = {name: float(value or 0.0) for name, value in done.result.items()}
        whole = calibration.model_copy(update={**seconds, "failed": "", "seconds": time.monotonic() - start})
        return whole.save(folder / NAME)
    except JobError as error:
        why = "memory ran out" if isinstance(error, OutOfMemory) else str(error)
        return calibration.model_copy(update={"failed": f"{calibration.failed or 'loading the base'}: {why}"})
    finally:
        events.close()


def after(calibration: Calibration, event: Event, seconds: float) -> Calibration:
    """The calibration with what an event tells, ``seconds`` after its start."""
    match event:
        case Started():
            return calibration.model_copy(update={"device": event.device})
        case Loaded():
            return calibration.model_copy(update={"facts": event, "load_seconds": seconds, "failed": "the first row"})
        case Measured():
            return calibration.model_copy(update={"measured": (*calibration.measured, event)})
        case Progress():
            return calibration.model_copy(update={"failed": event.what})
        case _:
            return calibration


def kept(config: PipelineConfig, base: Base) -> Calibration | None:
    """What was measured before, if it still holds."""
    found = Calibration.reuse(folder_of(config, base) / NAME, inputs_digest(config, base))
    return found if found and found.holds_now else None


def folder_of(config: PipelineConfig, base: Base) -> Path:
    """Where a calibration is kept, with its job's log."""
    return config.paths.cache.resolve() / f"calibration-{inputs_digest(config, base)[:16]}"


def inputs_digest(config: PipelineConfig, base: Base) -> str:
    """Digest of all that speed and memory depend on."""
    engine = sorted((Path(nyay_lib.__file__).parent / "engine").glob("*.py"))
    code = [digest_file(path) for path in engine]
    return digest_value([base.digest, config.lora.model_dump(), this_machine().model_dump(), version("mlx"), code])
