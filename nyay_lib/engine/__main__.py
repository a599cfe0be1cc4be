"""``python -m nyay_lib.engine job.json``: do one job, tell the parent in JSON lines, die with the parent."""

import ctypes
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from nyay_lib.endings import is_out_of_memory
from nyay_lib.engine.denormals import flush_denormals
from nyay_lib.engine.lean import leave_out
from nyay_lib.errors import NyayError
from nyay_lib.jobs import AnyJob, Done, Emit, Event, Failed, Job, Started
from nyay_lib.storage import explain

PARENT_POLL_SECONDS = 0.5
PR_SET_PDEATHSIG = 1


def main() -> int:
    """Run the job named on the command line; 0 when it is done, 1 when it failed."""
    flush_denormals()  # of this process alone: it changes how every library computes
    leave_out()
    emit = take_standard_output()
    if parent := os.environ.get("NYAY_PARENT_PID"):
        die_with(int(parent))
    if os.environ.get("NYAY_ENDS_WITH_INPUT"):
        threading.Thread(target=end_with_input, daemon=True).start()
    try:
        job = AnyJob.validate_json(Path(sys.argv[1]).read_bytes())
        emit(Started(pid=os.getpid(), device=prepare(job)))
        emit(Done(result=dict(run(job, emit))))
    except NyayError as error:
        emit(Failed(kind="user", message=str(error)))
    except Exception as error:
        emit(failure(error))
        # Last, since a full disk takes no log either.
        with suppress(OSError):
            traceback.print_exc()
    else:
        return 0
    return 1


def take_standard_output() -> Emit:
    """Keep file descriptor 1 for events; whatever else prints there goes to the log."""
    events = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)

    def emit(event: Event) -> None:
        events.write(event.model_dump_json().encode() + b"\n")

    return emit


def die_with(parent: int) -> None:
    """End this process when the parent ends, however it ends: a poll everywhere, the kernel's signal on Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_POLL_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def end_with_input() -> None:
    """End this process when its standard input does: on another machine that is when ssh is gone."""
    while sys.stdin.buffer.read(1):
        pass
    os._exit(1)


def prepare(job: Job) -> str:
    """Set up the device that the job computes on, before MLX is imported; returns its name."""
    if job.kind in ("quantize", "measure_files", "answer", "generate", "score", "serve"):
        return "llama.cpp"
    if job.kind == "look" and job.at == "llama.cpp":
        return "llama.cpp"
    from nyay_lib.engine import device

    return device.prepare()


def run(job: Job, emit: Emit) -> Mapping[str, Any]:
    """Do the job; imports only what it needs."""
    match job.kind:
        case "quantize_base":
            from nyay_lib.engine.quantize_base import quantize_base

            return quantize_base(job, emit)
        case "calibrate":
            from nyay_lib.engine.calibrate import calibrate

            return calibrate(job, emit)
        case "look":
            from nyay_lib.engine.look import look

            return look(job, emit)
        case "train":
            from nyay_lib.engine.train import train

            return train(job, emit)
        case "evaluate":
            from nyay_lib.engine.evaluate import evaluate

            return evaluate(job, emit)
        case "fuse":
            from nyay_lib.engine.fuse import fuse

            return fuse(job, emit)
        case "quantize":
            from nyay_lib.engine.quantize import quantize

            return quantize(job, emit)
        case "measure_tuned":
            from nyay_lib.engine.measure_tuned import measure_tuned

            return measure_tuned(job, emit)
        case "measure_files":
            from nyay_lib.engine.measure_files import measure_files

            return measure_files(job, emit)
        case "answer":
            from nyay_lib.engine.llama import answer

            return answer(job, emit)
        case "speak":
            from nyay_lib.engine.speak import speak

            return speak(job, emit)
        case "generate":
            from nyay_lib.engine.generate import generate

            return generate(job, emit)
        case "score":
            from nyay_lib.engine.score import score

            return score(job, emit)
        case "serve":
            from nyay_lib.engine.serve import serve

            return serve(job, emit)


def failure(error: Exception) -> Failed:
    """What the parent is told of an error."""
    if isinstance(error, OSError) and (said := explain(error)):
        return Failed(kind="user", message=str(said))
    return Failed(kind="out_of_memory" if is_out_of_memory(error) else "crash", message=first_line(error))


def first_line(error: Exception) -> str:
    """Type and first line of an error's message."""
    return f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}"


def end(code: int) -> NoReturn:
    """End at once. Taking the interpreter and its arrays apart piece by piece takes a quarter of a second, and no
    file or thread of a job outlives its result."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # a full disk takes no log, and the result is told
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    end(main())
