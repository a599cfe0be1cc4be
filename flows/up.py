"""``nyay up``: server, pool, limit, deployments and worker in one foreground command."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import httpx
import psutil
from filelock import FileLock, Timeout
from rich.console import Console

from nyay_lib.errors import NyayError

HOME = Path(".prefect")
POOL = "nyay"
LIMIT = "gpu"
HOST = "127.0.0.1"
DEFAULT_PORT = 4200
START_SECONDS = 300  # a server that fails ends at once; one on a busy machine takes its time
STOP_SECONDS = 20
console = Console(stderr=True, highlight=False)


def run(port: int) -> None:
    """Start everything, print the UI's address, and wait until a part ends or Ctrl-C is pressed.

    Raises NyayError when another one runs in this folder, the port is taken, or a part does not start.
    """
    if not Path("prefect.yaml").exists():
        raise NyayError(f"{Path.cwd()}: has no prefect.yaml; start `nyay up` in the project's folder")
    # Set by hand: a shell starts what runs in its background with SIGINT ignored, and SIGHUP ends a process unasked.
    for order in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(order, _interrupt)
    HOME.mkdir(exist_ok=True)
    try:
        with FileLock(HOME / "up.lock", timeout=0):
            _serve(port)
    except Timeout as error:
        raise NyayError(f"`nyay up` runs in this folder already ({HOME / 'up.lock'} is held)") from error


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _serve(port: int) -> None:
    require_free(port)
    environment = prefect_environment(port)
    url = f"http://{HOST}:{port}"
    with _part("server", ["server", "start", "--host", HOST, "--port", str(port)], environment) as server:
        with console.status("starting the server"):
            wait_for(f"{url}/api/health", server)
        with console.status("creating pool, limit and deployments"):
            _prefect(["work-pool", "create", POOL, "--type", "process", "--overwrite"], environment)
            _create_limit(environment)
            _prefect(["--no-prompt", "deploy", "--all"], environment)
        start_worker = ["worker", "start", "--pool", POOL]
        with _family() as family, _part("worker", start_worker, environment) as worker:
            console.print(f"nyay is up: [bold]{url}[/bold]")
            console.print("train:   prefect deployment run 'train-nyay/demo' --watch")
            console.print("review:  prefect deployment run 'review-nyay/local'")
            console.print("stop:    Ctrl-C")
            with suppress(KeyboardInterrupt):
                _wait(server, worker, family)
            console.print("stopping")


def prefect_environment(port: int) -> dict[str, str]:
    """What prefect commands need to reach this folder's server, whatever folder they run in."""
    return os.environ | {
        "PREFECT_HOME": str(HOME.resolve()),
        "PREFECT_API_URL": f"http://{HOST}:{port}/api",
        "DO_NOT_TRACK": "1",
    }


def require_free(port: int) -> None:
    """Raises NyayError when something listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise NyayError(
                f"port {port} is taken; stop what listens there or start `nyay up --port {port + 1}`"
            ) from error


def free_port() -> int:
    """A port on loopback that nothing listens on: the usual one if it is free."""
    for wanted in (DEFAULT_PORT, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, wanted))
            return int(probe.getsockname()[1])
    raise NyayError(f"no port is free on {HOST}")


@contextmanager
def _part(name: str, arguments: list[str], environment: dict[str, str]) -> Generator[subprocess.Popen[bytes]]:
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
def _family() -> Generator[list[psutil.Process]]:
    """What the worker has started. Flows have sessions of their own and outlive a worker that is killed: they are ended
    on the way out."""
    family: list[psutil.Process] = []
    try:
        yield family
    finally:
        left = [process for process in family if process.is_running()]
        for order in (psutil.Process.terminate, psutil.Process.kill):
            for process in left:
                with suppress(psutil.NoSuchProcess):
                    order(process)
            # A second Ctrl-C waits no longer.
            with suppress(KeyboardInterrupt):
                _, left = psutil.wait_procs(left, timeout=STOP_SECONDS / 4)


PREFECT = [sys.executable, "-m", "prefect"]


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask a part's whole session to end, then make it."""
    for order, seconds in (
        (signal.SIGINT, STOP_SECONDS),
        (signal.SIGTERM, STOP_SECONDS),
        (signal.SIGKILL, STOP_SECONDS),
    ):
        if process.poll() is not None:
            break
        with suppress(ProcessLookupError):
            os.killpg(process.pid, order)
        with suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
            process.wait(seconds)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers. Raises NyayError with its last words when it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(url, timeout=2).is_success:
                return
        time.sleep(0.3)
    log = HOME / "server.log"
    words = (log.read_text(errors="replace").strip().splitlines() or ["nothing"])[-1]
    raise NyayError(f"the server did not start within {START_SECONDS} s; its last words in {log}: {words}")


def _create_limit(environment: dict[str, str]) -> None:
    """One training at a time. Creating it again is refused by Prefect, which is as good."""
    asked = subprocess.run([*PREFECT, "gcl", "inspect", LIMIT], env=environment, capture_output=True)
    if asked.returncode != 0:
        _prefect(["gcl", "create", LIMIT, "--limit", "1"], environment)


def _prefect(arguments: list[str], environment: dict[str, str]) -> None:
    """A short prefect command. Raises NyayError with its output when it fails."""
    done = subprocess.run([*PREFECT, *arguments], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        log = HOME / "prefect.log"
        log.write_text(done.stdout + done.stderr)
        words = ((done.stdout + done.stderr).strip().splitlines() or ["nothing"])[-1]
        raise NyayError(f"`prefect {' '.join(arguments)}` failed: {words.strip()}; all it said is in {log}")


def _wait(server: subprocess.Popen[bytes], worker: subprocess.Popen[bytes], family: list[psutil.Process]) -> None:
    """Until a part ends, keeping ``family`` true. Raises NyayError naming the part: neither should end by itself."""
    while True:
        for name, process in (("server", server), ("worker", worker)):
            if process.poll() is not None:
                raise NyayError(f"the {name} ended with code {process.returncode}; see {HOME / f'{name}.log'}")
        with suppress(psutil.NoSuchProcess):
            family[:] = psutil.Process(worker.pid).children(recursive=True)
        time.sleep(0.5)
