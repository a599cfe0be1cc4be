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

from flows.access import Access, to_other_server, to_own_server
from flows.housekeeping import Housekeeping, compact_database, require_room
from flows.machines import LIMIT, environment_of, machine_name, make_limit, make_pool, make_queue, worker_arguments
from flows.options import PORT
from flows.parts import family, part, wait_for
from flows.server import HOME, at_address, noted, prefect, require_free
from nyay_lib.errors import NyayError

console = Console(stderr=True, highlight=False)


def run(port: int, host: str, machine: str | None, *, worker_only: bool) -> None:
    """Start everything, print the UI's address, and wait until a part ends or Ctrl-C is pressed.

    With ``worker_only`` a worker alone, for the server of another machine. Raises NyayError when another one runs in
    this folder, the port is taken, other machines could come in without a password, or a part does not start.
    """
    name = machine_name(machine)
    if not Path("prefect.yaml").exists():
        raise NyayError(f"{Path.cwd()}: has no prefect.yaml; start `nyay up` in the project's folder")
    # Set by hand: a shell starts what runs in its background with SIGINT ignored, and SIGHUP ends a process unasked.
    for order in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(order, _interrupt)
    HOME.mkdir(exist_ok=True)
    try:
        with FileLock(HOME / "up.lock", timeout=0):
            _work(name) if worker_only else _serve(host, port, name)
    except Timeout as error:
        raise NyayError(f"`nyay up` runs in this folder already{at_address()}") from error


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _serve(host: str, port: int, machine: str) -> None:
    access = to_own_server(host, port)
    require_free(port, host)
    require_room()
    with console.status("giving back what was deleted from the database"):
        compact_database()
    environment = access.client_environment() | environment_of(machine, LIMIT)
    start_server = ["server", "start", "--host", host, "--port", str(port)]
    with part("server", start_server, access.server_environment()) as server:
        with console.status("starting the server"):
            wait_for(f"{access.api}/health", server)
            # First of all: until then what was left behind looks as if it ran, and after a silence the server calls it
            # crashed by itself, perhaps when somebody has taken it up again.
            _make_ready(access, machine)
        with console.status("creating pool, limit and deployments"):
            make_pool(access)
            make_queue(access, machine)
            make_limit(access, LIMIT)
            prefect(["--no-prompt", "deploy", "--all"], environment)
        start_worker = worker_arguments(machine)
        with noted(access.ui), family() as started, part("worker", start_worker, environment) as worker:
            console.print(f"nyay is up: [bold]{access.ui}[/bold]")
            console.print("train:   nyay train --config config/demo.yaml")
            console.print("review:  prefect deployment run 'review-nyay/local'")
            if port != PORT:  # prefect.toml names the usual one
                console.print(f"prefect: its own commands need  export PREFECT_API_URL={access.api}", soft_wrap=True)
            console.print("stop:    Ctrl-C")
            with suppress(KeyboardInterrupt):
                _wait({"server": server, "worker": worker}, started, Housekeeping(access))
            console.print("stopping")


def _work(machine: str) -> None:
    """A worker for the server of another machine, with a training limit of its own."""
    require_room()
    access, limit = to_other_server(), f"{LIMIT}-{machine}"
    make_queue(access, machine)
    make_limit(access, limit)
    environment = access.client_environment() | environment_of(machine, limit)
    with family() as started, part("worker", worker_arguments(machine), environment) as worker:
        console.print(f"nyay is up: worker {machine} for [bold]{access.ui}[/bold]")
        console.print("stop:    Ctrl-C")
        with suppress(KeyboardInterrupt):
            _wait({"worker": worker}, started, Housekeeping(None))
        console.print("stopping")


def _make_ready(access: Access, machine: str) -> None:
    """By its address: Prefect's settings, read before, may name the usual port where another was asked for."""
    from prefect.client.orchestration import SyncPrefectClient

    from flows.readying import make_ready

    with SyncPrefectClient(access.api, auth_string=access.password) as client:
        for line in make_ready(client, machine):
            console.print(line, soft_wrap=True)


def _wait(parts: dict[str, subprocess.Popen[bytes]], started: list[psutil.Process], housekeeping: Housekeeping) -> None:
    """Until a part ends, keeping ``started`` true. Raises NyayError naming the part: none should end by itself."""
    while True:
        for name, process in parts.items():
            if process.poll() is not None:
                raise NyayError(f"the {name} ended with code {process.returncode}; see {HOME / f'{name}.log'}")
        with suppress(psutil.NoSuchProcess):
            started[:] = psutil.Process(parts["worker"].pid).children(recursive=True)
        try:
            housekeeping.keep()
        except (NyayError, OSError) as error:
            console.print(f"not tidied: {error}", markup=False)
        time.sleep(0.5)
