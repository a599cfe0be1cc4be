"""Why a child process ended without its result: its own words, memory that ran out, or a crash.

Taken for memory is what it was seen to look like: an exception with one of MLX's messages; an abort with such a message
in the log; and, as Linux on a CPU ends with SIGSEGV and a kernel that is short of memory sends SIGKILL, both without a
word, these two signals. A bare abort is a crash, as is an exception of any other kind.
"""

import os
import re
import signal
from pathlib import Path
from typing import Literal, Protocol

from nyay_lib.errors import JobError, NyayError, OutOfMemory

FailureKind = Literal["user", "out_of_memory", "crash"]

# What MLX, its C++ runtime and CUDA's libraries say when an allocation fails, on Metal, CUDA and CPU.
MEMORY_MESSAGE = re.compile(
    r"\[(?:metal::)?malloc\]|Unable to allocate|Insufficient Memory|OutOfMemory|std::bad_alloc|Cannot allocate memory|"
    r"CUDA.*out of memory|_STATUS_ALLOC_FAILED",
    re.IGNORECASE,
)
SILENT_MEMORY_SIGNALS = frozenset({signal.SIGKILL, signal.SIGSEGV})
LOG_TAIL_BYTES = 1 << 14


class Failure(Protocol):
    """What a child said of its own failure."""

    @property
    def kind(self) -> FailureKind: ...
    @property
    def message(self) -> str: ...


def is_out_of_memory(error: Exception) -> bool:
    """Whether an exception means that memory ran out."""
    return isinstance(error, MemoryError) or bool(MEMORY_MESSAGE.search(str(error)))


def why(job: str, said: Failure | None, code: int, log: Path, log_start: int = 0) -> NyayError:
    """The error that a child's end amounts to.

    ``job`` is its kind, ``said`` its last word if that was a failure, ``code`` its exit code, negative for a signal;
    what it wrote to ``log`` begins at ``log_start``.
    """
    return _by_its_word(job, said, log) if said else _by_its_code(job, code, _tail(log, log_start), log)


def _by_its_word(job: str, said: Failure, log: Path) -> NyayError:
    match said.kind:
        case "user":
            return NyayError(said.message)
        case "out_of_memory":
            return OutOfMemory(f"{job}: memory ran out: {said.message}")
        case "crash":
            return JobError(f"{job} failed: {said.message}; the full log is {log}")


def _by_its_code(job: str, code: int, tail: str, log: Path) -> NyayError:
    if -code in SILENT_MEMORY_SIGNALS:
        name = signal.Signals(-code).name
        return OutOfMemory(f"{job}: the process was ended by {name}, as when memory runs out", suspected=True)
    if -code == signal.SIGABRT and MEMORY_MESSAGE.search(tail):
        return OutOfMemory(f"{job}: the process aborted because memory ran out; the log is {log}")
    ending = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    words = tail.strip().splitlines()[-1:] or ["it wrote nothing"]
    return JobError(f"{job}: the process ended with {ending} ({words[0]}); the full log is {log}")


def _tail(log: Path, start: int) -> str:
    """The last of what this child wrote to its log."""
    with log.open("rb") as file:
        file.seek(max(start, file.seek(0, os.SEEK_END) - LOG_TAIL_BYTES))
        return file.read().decode(errors="replace")
