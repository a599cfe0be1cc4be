"""Where Ollama is, and whether it answers."""

import ipaddress
import os
from urllib.parse import urlsplit

import httpx

from nyay_lib.config import PipelineConfig

PORTS = {"http": 80, "https": 443}
BARE_PORT = 11434
MAX_PORT = 65535
LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # where a client finds a server that listens there
TIMEOUT_SECONDS = 3.0


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


def version(where: str) -> str | None:
    """The version of the Ollama at an address; None when nothing answers there, or something else does."""
    try:
        answer = httpx.get(f"{where}/api/version", timeout=TIMEOUT_SECONDS, trust_env=not is_local(where))
        return str(answer.raise_for_status().json()["version"])
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
        return None


def nobody_at(where: str) -> str:
    """In words: nothing answers at an address."""
    mend = "start it with `ollama serve`" if is_local(where) else "start it there, or correct registry.host"
    return f"no Ollama at {where}, {mend}"
