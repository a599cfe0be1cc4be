"""Whether the ports that commands listen on by default can be had."""

import socket

import httpx

from nyay_lib.doctor.finding import Finding, ok, warning

LOOPBACK = "127.0.0.1"
ASK_SECONDS = 2.0


def is_free(port: int) -> bool:
    """Whether nothing listens on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def serving_port(port: int) -> Finding:
    """The port of `nyay serve`, which may be listening there."""
    name = f"port {port}"
    if is_free(port):
        return ok(name, "free, for `nyay serve`")
    if _serves_models(port):
        return ok(name, "a model is served")
    return warning(name, "taken by another program", f"nyay serve --port {port + 1}")


def _serves_models(port: int) -> bool:
    try:
        return httpx.get(f"http://{LOOPBACK}:{port}/v1/models", timeout=ASK_SECONDS, trust_env=False).is_success
    except httpx.HTTPError:
        return False
