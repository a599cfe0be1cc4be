"""The long-running parts of `nyay up`: each starts in a session of its own, and nothing of it is left at the end."""

import os
import signal
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress

import httpx
import psutil

from flows.server import HOME, PREFECT
from nyay_lib.errors import NyayError

START_SECONDS = 300  # a server that fails ends at once; one on a busy machine takes its time
STOP_SECONDS = 20


@contextmanager
def part(name: str, arguments: list[str], environment: dict[str, str]) -> Generator[subprocess.Popen[bytes]]:
    """A long-running prefect command in a session of its own, its output in .prefect/NAME.log; ended on the way out."""
    with (HOME / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            [*PREFECT, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        stop(process)


@contextmanager
def family() -> Generator[list[psutil.Process]]:
    """What the worker has started. Flows have sessions of their own and outlive a worker that is killed: they are ended
    on the way out."""
    started: list[psutil.Process] = []
    try:
        yield started
    finally:
        left = [process for process in started if process.is_running()]
        for order in (psutil.Process.terminate, psutil.Process.kill):
            for process in left:
                with suppress(psutil.NoSuchProcess):
                    order(process)
            # A second Ctrl-C waits no longer.
            with suppress(KeyboardInterrupt):
                _, left = psutil.wait_procs(left, timeout=STOP_SECONDS / 4)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask a part's whole session to end, then make it."""
    for order in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            break
        with suppress(ProcessLookupError):
            os.killpg(process.pid, order)
        with suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            process.wait(STOP_SECONDS)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers. Raises NyayError with its last words when it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(url, timeout=2, trust_env=False).is_success:
                return
        time.sleep(0.3)
    log = HOME / "server.log"
    words = (log.read_text(errors="replace").strip().splitlines() or ["nothing"])[-1]
    raise NyayError(f"the server did not start within {START_SECONDS} s; its last words in {log}: {words}")
