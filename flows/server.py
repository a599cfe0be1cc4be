"""The Prefect server of this folder: where it listens, and how prefect's commands reach it."""

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from flows.options import HOST, PORT
from nyay_lib.errors import NyayError
from nyay_lib.files import write_text

HOME = Path(".prefect")
PREFECT = [sys.executable, "-m", "prefect"]
# Holds the server's address while `nyay up` runs.
ADDRESS = HOME / "address"
ASK_SECONDS = 5.0


@contextmanager
def noted(url: str) -> Generator[None]:
    """Commands in this folder find the server, whatever its port."""
    write_text(ADDRESS, url)
    try:
        yield
    finally:
        ADDRESS.unlink(missing_ok=True)


def api_address() -> str:
    """The address of the server's API: PREFECT_API_URL, else what `nyay up` has noted, else its default port."""
    if told := os.environ.get("PREFECT_API_URL"):
        return told.rstrip("/")
    return f"{_noted() or f'http://{HOST}:{PORT}'}/api"


def at_address() -> str:
    """Where the `nyay up` of this folder has its UI, to be put behind a sentence; empty while it has none."""
    return f", at {where}" if (where := _noted()) else ""


def _noted() -> str:
    """The address that ``noted`` holds; empty where no `nyay up` holds one."""
    try:
        return ADDRESS.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def port_of(api: str) -> int:
    parts = urlsplit(api)
    return parts.port or (443 if parts.scheme == "https" else 80)


def answers(api: str) -> bool:
    """Whether a Prefect server is healthy there."""
    try:
        return httpx.get(f"{api}/health", timeout=ASK_SECONDS, trust_env=False).json() is True
    except (httpx.HTTPError, ValueError):
        return False


def require_free(port: int, host: str = HOST) -> None:
    """Raises NyayError when something listens on the port, or the address is none of this machine's."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise NyayError(f"--host {host} is no address of this machine") from error
            raise NyayError(
                f"port {port} is taken; stop what listens there or start `nyay up --port {port + 1}`"
            ) from error


def free_port(preferred: int = PORT) -> int:
    """A port on loopback that nothing listens on: the preferred one if it is free, 0 for any."""
    for wanted in (preferred, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, wanted))
            return int(probe.getsockname()[1])
    raise NyayError(f"no port is free on {HOST}")


def prefect(arguments: list[str], environment: dict[str, str]) -> None:
    """A short prefect command. Raises NyayError with its output when it fails."""
    done = subprocess.run([*PREFECT, *arguments], env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        log = HOME / "prefect.log"
        log.write_text(done.stdout + done.stderr)
        words = ((done.stdout + done.stderr).strip().splitlines() or ["nothing"])[-1]
        raise NyayError(f"`prefect {' '.join(arguments)}` failed: {words.strip()}; all it said is in {log}")
