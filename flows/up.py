"""``nyay up``: server, pool, limit, deployments and worker in one foreground command."""

import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType

import psutil
from filelock import FileLock, Timeout
from rich.console import Console

from flows.parts import family, part, wait_for
from flows.server import ADDRESS, HOME, HOST, PREFECT, prefect, prefect_environment, require_free
from nyay_lib.errors import NyayError
from nyay_lib.files import write_text

POOL = "nyay"
LIMIT = "gpu"
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
    with part("server", ["server", "start", "--host", HOST, "--port", str(port)], environment) as server:
        with console.status("starting the server"):
            wait_for(f"{url}/api/health", server)
        with console.status("creating pool, limit and deployments"):
            prefect(["work-pool", "create", POOL, "--type", "process", "--overwrite"], environment)
            _create_limit(environment)
            prefect(["--no-prompt", "deploy", "--all"], environment)
        start_worker = ["worker", "start", "--pool", POOL]
        with family() as started, part("worker", start_worker, environment) as worker:
            write_text(ADDRESS, url)
            console.print(f"nyay is up: [bold]{url}[/bold]")
            console.print("train:   prefect deployment run 'train-nyay/demo' --watch")
            console.print("review:  prefect deployment run 'review-nyay/local'")
            console.print("stop:    Ctrl-C")
            with suppress(KeyboardInterrupt):
                _wait(server, worker, started)
            console.print("stopping")
            ADDRESS.unlink(missing_ok=True)


def _create_limit(environment: dict[str, str]) -> None:
    """One training at a time. Creating it again is refused by Prefect, which is as good."""
    asked = subprocess.run([*PREFECT, "gcl", "inspect", LIMIT], env=environment, capture_output=True)
    if asked.returncode != 0:
        prefect(["gcl", "create", LIMIT, "--limit", "1"], environment)


def _wait(server: subprocess.Popen[bytes], worker: subprocess.Popen[bytes], started: list[psutil.Process]) -> None:
    """Until a part ends, keeping ``started`` true. Raises NyayError naming the part: neither should end by itself."""
    while True:
        for name, process in (("server", server), ("worker", worker)):
            if process.poll() is not None:
                raise NyayError(f"the {name} ended with code {process.returncode}; see {HOME / f'{name}.log'}")
        with suppress(psutil.NoSuchProcess):
            started[:] = psutil.Process(worker.pid).children(recursive=True)
        time.sleep(0.5)
