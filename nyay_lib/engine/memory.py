"""Trading time for memory, and how much of it a process holds."""

import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import mlx.core as mx


def checkpoint_layers(model: Any) -> None:
    """Keep only each layer's input for the backward pass and compute the layer again there (Chen et al. 2016).

    Patches the layer's class for the whole process, so a child process does it once.
    """
    layer = type(model.layers[0])
    original = layer.__call__

    def call(self: Any, *arguments: Any, **options: Any) -> Any:
        def inner(parameters: Any, *arguments: Any) -> Any:
            self.update(parameters)
            return original(self, *arguments, **options)

        return mx.checkpoint(inner)(self.trainable_parameters(), *arguments)

    layer.__call__ = call


def forget_peak() -> None:
    """Let the process's peak begin anew at what it holds now, where the kernel can: on Linux."""
    if sys.platform == "linux":
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")


def process_peak() -> int:
    """The most memory that this process has held, in bytes.

    Linux's getrusage also knows what the parent held when it started this one, so the kernel's own page is read there.
    """
    if sys.platform == "linux":
        lines = Path("/proc/self/status").read_text().splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
