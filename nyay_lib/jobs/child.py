"""The child process itself: its command, its environment, and its end."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import IO

GRACE_SECONDS = 5.0


def engine(job: Path) -> list[str]:
    """The command of a child process."""
    return [sys.executable, "-m", "nyay_lib.engine", str(job)]


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child on this machine, which ends with this process."""
    return {**os.environ, "NYAY_PARENT_PID": str(os.getpid()), "PYTHONUNBUFFERED": "1", **settings}


@contextlib.contextmanager
def child_of(job: Path, log: IO[bytes], settings: Mapping[str, str]) -> Generator["subprocess.Popen[bytes]"]:
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
