"""launchd and systemd behind one form; which of them is asked is decided here and nowhere else."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from nyay_lib.errors import ServiceError
from nyay_lib.service.unit import Service

ASK_SECONDS = 120.0
POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class State:
    """What the manager knows of the service: whether it is loaded, the process that runs, how the last one ended."""

    loaded: bool
    pid: int | None = None
    last_exit: str = ""


class Manager(Protocol):
    """Who starts the service, and starts it again."""

    @property
    def path(self) -> Path:
        """The file that the manager reads."""
        ...

    def render(self, service: Service) -> bytes:
        """The file's content."""
        ...

    def project(self) -> Path | None:
        """The project that is installed, None without one."""
        ...

    def state(self) -> State:
        """What it knows of the service now."""
        ...

    def start(self) -> None:
        """Load the file as it is now, and run it; what ran before is ended."""
        ...

    def stop(self) -> None:
        """End the service, and forget it at the next login too."""
        ...

    def forget(self) -> None:
        """After the file is gone."""
        ...

    def warnings(self, project: Path) -> list[str]:
        """What will keep the service from running that cannot be seen from here."""
        ...


def manager(platform: str) -> Manager:
    """The manager of a platform, named as in sys.platform. Raises ServiceError where there is none."""
    # Imported here: both know this module's State.
    from nyay_lib.service.launchd import Launchd
    from nyay_lib.service.systemd import Systemd

    if platform == "darwin":
        return Launchd()
    if platform == "linux" and shutil.which("systemctl"):
        return Systemd()
    raise ServiceError(
        "neither launchd nor systemd is here; start `nyay up` by whatever starts programs on this machine"
    )


def asked(*command: str) -> "subprocess.CompletedProcess[str]":
    """Ask the manager's program. Raises ServiceError if it is not there, or does not answer."""
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=ASK_SECONDS)
    except FileNotFoundError as error:
        raise ServiceError(f"{command[0]} is not on PATH, which is {os.environ.get('PATH', 'empty')!r}") from error
    except subprocess.TimeoutExpired as error:
        raise ServiceError(f"`{' '.join(command)}` did not answer within {ASK_SECONDS:.0f} s") from error


def told(*command: str) -> None:
    """Give the manager an order. Raises ServiceError with its words if it refuses."""
    done = asked(*command)
    if done.returncode != 0:
        words = " ".join((done.stderr or done.stdout).split()) or f"exit code {done.returncode}"
        raise ServiceError(f"`{' '.join(command)}` failed: {words}")


def wait_until(holds: Callable[[], bool], what: str) -> None:
    """Raises ServiceError where the manager does not come to it."""
    deadline = time.monotonic() + ASK_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise ServiceError(f"{what} within {ASK_SECONDS:.0f} s; look at `nyay service status` and try again")
        time.sleep(POLL_SECONDS)
