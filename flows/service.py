"""`nyay service`: `nyay up` from login on, by launchd on a Mac and by systemd on Linux."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.exits import exits
from flows.options import HOST, PORT, Host, Machine, Port, WorkerOnly

if TYPE_CHECKING:
    from nyay_lib.service.installing import Status

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def service() -> None:
    """Run `nyay up` as a service of this user. Example: nyay service install"""


@app.command()
def install(
    port: Port = PORT,
    host: Host = HOST,
    worker_only: WorkerOnly = False,
    machine: Machine = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the file and where it would lie, no more.")] = False,
) -> None:
    """Start `nyay up` now, at every login, and whenever it ends. Example: nyay service install --port 4200"""
    where = ["--worker-only"] if worker_only else ["--port", str(port), "--host", host]
    named = ["--machine", machine] if machine else []
    with exits():
        _install(["up", *where, *named], host, dry_run)


@app.command()
def status() -> None:
    """Say whether it runs, and what may stop it. Example: nyay service status

    Exits with 1 if it does not run.
    """
    with exits():
        _status()


@app.command()
def remove() -> None:
    """End it, and remove what `nyay service install` wrote. Example: nyay service remove"""
    with exits():
        _remove()


def _install(arguments: list[str], host: str, dry_run: bool) -> None:
    from nyay_lib.errors import ServiceError
    from nyay_lib.service import installing
    from nyay_lib.service.manager import manager
    from nyay_lib.service.unit import Service

    service, chosen = Service.of(Path.cwd(), arguments), manager(_platform())
    if not (service.project / "prefect.yaml").exists():
        raise ServiceError(f"{service.project}: has no prefect.yaml; call this in the project's folder")
    if dry_run:
        print(f"# {chosen.path}\n{chosen.render(service).decode()}", end="")
        return
    _require_lasting_password(host)
    if not chosen.state().loaded:
        _require_idle()
    done = installing.install(chosen, service)
    print(f"installed: {chosen.path}" if done else f"installed already, nothing changed: {chosen.path}")
    print(f"its log:   {service.log}")
    for warning in chosen.warnings(service.project):
        print(f"warning:   {warning}")


def _require_lasting_password(host: str) -> None:
    """Raises ServiceError where the service would have none: what this shell knows, it will not."""
    from flows.access import SERVER_PASSWORD, is_loopback, to_own_server

    if not is_loopback(host):
        os.environ.pop(SERVER_PASSWORD, None)
        to_own_server(host, port=0)


def _require_idle() -> None:
    """Raises ServiceError where `nyay up` runs in this folder already: the service could not start beside it."""
    from filelock import FileLock, Timeout

    from flows.server import HOME, at_address
    from nyay_lib.errors import ServiceError

    try:
        HOME.mkdir(exist_ok=True)
        with FileLock(HOME / "up.lock", timeout=0):
            pass
    except Timeout as error:
        runs = f"`nyay up` runs in this folder already{at_address()}"
        raise ServiceError(f"{runs}: end it first (Ctrl-C in its terminal)") from error


def _status() -> None:
    from nyay_lib.service import installing
    from nyay_lib.service.manager import manager

    found = installing.status(manager(_platform()))
    print("\n".join(lines(found)))
    if not found.runs:
        raise SystemExit(1)


def lines(found: "Status") -> list[str]:
    """The status in words."""
    if found.project is None:
        where = "loaded, but its file is gone: `nyay service remove` ends it" if found.state.loaded else "not installed"
        return [f"service:  {where}"]
    if found.runs and found.since:
        how = f"runs since {found.since:%Y-%m-%d %H:%M %Z}, process {found.state.pid}"
    else:
        how = "is loaded, but does not run now" if found.state.loaded else "is installed, but not loaded"
    last = f"; its last end: {found.state.last_exit}" if found.state.last_exit else ""
    told = [f"service:  {how}{last}", f"project:  {found.project}"]
    return [
        *told,
        *(f"warning:  {warning}" for warning in found.warnings),
        *(f"log:      {line}" for line in found.log),
    ]


def _remove() -> None:
    from nyay_lib.service import installing
    from nyay_lib.service.manager import manager

    chosen = manager(_platform())
    print(f"removed: {chosen.path}" if installing.remove(chosen) else "no service is installed")


def _platform() -> str:
    return sys.platform
