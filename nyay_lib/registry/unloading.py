"""Memory for training: the models that an Ollama on this machine has loaded are put away first."""

import time

import httpx

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.machine import GIB
from nyay_lib.registry.address import address, is_local, version
from nyay_lib.registry.client import Client

# Training waits for an Ollama that does not answer, but not for long.
TIMEOUT = httpx.Timeout(30.0, connect=5.0)
# Ollama says yes before the memory is free.
FREE_SECONDS, POLL_SECONDS = 10.0, 0.1


def unload_models(config: PipelineConfig) -> str:
    """Unload what Ollama holds, if memory.unload_ollama allows and it runs here; returns what was done in words.

    Never fails: training may well fit beside the models. Empty when there was nothing to do.
    """
    where = address(config)
    if not config.memory.unload_ollama or not is_local(where) or version(where) is None:
        return ""
    try:
        with Client(where, TIMEOUT) as client:
            return _unload(client)
    except RegistryError as error:
        return f"Ollama's models could not be unloaded before training: {error}"


def _unload(client: Client) -> str:
    loaded = client.loaded()
    if not loaded:
        return ""
    for tag in loaded:
        client.unload(tag)
    deadline = time.monotonic() + FREE_SECONDS
    while (left := client.loaded().keys() & loaded) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    names = ", ".join(f"{tag} ({bytes_ / GIB:.1f} GiB)" for tag, bytes_ in loaded.items())
    still = f"; still loaded: {', '.join(sorted(left))}" if left else ""
    return f"unloaded from Ollama before training: {names}{still}"
