"""Where Ollama is, and whether it answers."""

import ipaddress
import os
import re
import shutil
import ssl
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypedDict
from urllib.parse import urlsplit

import httpx
import tenacity

from nyay_lib.config import PipelineConfig

PORTS = {"http": 80, "https": 443}
BARE_PORT = 11434
MAX_PORT = 65535
# Where a client finds a server that listens everywhere.
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 (nothing is bound here)
TIMEOUT_SECONDS = 3.0
WAIT_SECONDS = (0.5, 1.0, 2.0)  # before the second and further tries

DOWNLOAD = "https://ollama.com/download"
APP = Path("/Applications/Ollama.app")

# The first version whose /api/create takes files and a template.
OLDEST = (0, 5, 5)


class Connection(TypedDict):
    """Settings of httpx for one address."""

    trust_env: bool
    verify: ssl.SSLContext


def address(config: PipelineConfig) -> str:
    """Ollama's address as ``http://host:port``: config.registry.host, else OLLAMA_HOST, else this machine."""
    return parse_host(config.registry.host or os.environ.get("OLLAMA_HOST", ""))


def parse_host(text: str) -> str:
    """What Ollama itself makes of OLLAMA_HOST, for a client: scheme, port and path may be left out.

    A bare host means port 11434, ``http://host`` port 80; a port that is none is ignored; a login is dropped.
    Source: ollama, envconfig/config.go, Host.
    """
    before, separator, after = text.strip().strip("\"'").partition("://")
    scheme, rest = (before, after) if separator else ("http", before)
    place, _, path = rest.partition("/")
    host, port = _split_port(place.rpartition("@")[2])
    number = int(port) if port.isdecimal() and int(port) <= MAX_PORT else None
    number = (PORTS.get(scheme, BARE_PORT) if separator else BARE_PORT) if number is None else number
    host = LOOPBACK.get(host, host)
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}:{number}{'/' + path.strip('/') if path.strip('/') else ''}"


def _split_port(place: str) -> tuple[str, str]:
    """Host and port of ``host``, ``host:port``, ``:port``, ``[v6]:port``, ``[v6]`` or a bare v6 address."""
    if place.startswith("["):
        host, _, rest = place[1:].partition("]")
        return host, rest.removeprefix(":")
    if place.count(":") == 1:
        host, _, port = place.partition(":")
        return host, port
    return place, ""


def is_local(where: str) -> bool:
    """Whether an address means this machine."""
    host = urlsplit(where).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def connection(where: str) -> Connection:
    """How httpx reaches an address: a proxy from the environment is never asked about this very machine."""
    return {"trust_env": not is_local(where), "verify": _certificates()}


@cache
def _certificates() -> ssl.SSLContext:
    """The authorities that are trusted; reading them takes longer than asking Ollama."""
    return httpx.create_ssl_context()


def version(where: str) -> str | None:
    """The version of the Ollama at an address; None when nothing answers there, or something else does."""
    try:
        answer = httpx.get(f"{where}/api/version", timeout=TIMEOUT_SECONDS, **connection(where))
        return str(answer.raise_for_status().json()["version"])
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
        return None


def awaited_version(where: str) -> str | None:
    """The version, asked for a few seconds: an Ollama that is being updated or started is away for a moment."""
    away = tenacity.retry_if_result(lambda found: found is None)
    return tries(away, retry_error_callback=lambda _: None)(version, where)


def tries(
    when: tenacity.retry_base, *, retry_error_callback: Callable[[tenacity.RetryCallState], None] | None = None
) -> tenacity.Retrying:
    """Calls a function again, after the waits above; then its last error is raised, or the callback's word given."""
    return tenacity.Retrying(
        retry=when,
        stop=tenacity.stop_after_attempt(len(WAIT_SECONDS) + 1),
        wait=tenacity.wait_chain(*map(tenacity.wait_fixed, WAIT_SECONDS)),
        reraise=True,
        retry_error_callback=retry_error_callback,
    )


def numbers(found: str) -> tuple[int, ...]:
    """The numbers of a version such as 0.11.4 or 0.6.0-rc0; zeros where there are none, as in a developer's build."""
    match = re.match(r"v?(\d+)\.(\d+)\.(\d+)", found)
    return tuple(int(n) for n in match.groups()) if match else (0, 0, 0)


def outdated(found: str) -> str | None:
    """In words: a version cannot be given a template over its API; None when it can, or has no numbers."""
    needed = ".".join(str(n) for n in OLDEST)
    too_old = (0, 0, 0) < numbers(found) < OLDEST
    return f"version {found} is too old, {needed} or newer is needed; update it" if too_old else None


def how_to_start(where: str) -> str:
    """In words: what to do when nothing answers at an address."""
    if not is_local(where):
        return "start it there, or correct registry.host or OLLAMA_HOST"
    app = " or open the Ollama app" if sys.platform == "darwin" else ""
    first = "" if is_installed() else f"install it from {DOWNLOAD} and "
    return f"{first}start it with `ollama serve`{app}"


def is_installed() -> bool:
    """Whether Ollama's program is on the PATH, or its app where a Mac has apps."""
    return shutil.which("ollama") is not None or APP.exists()


def nobody_at(where: str) -> str:
    """In words: nothing answers at an address."""
    return f"no Ollama at {where}, {how_to_start(where)}"
