"""How much memory this process holds, as the kernel says it."""

import ctypes
import resource
import sys
from contextlib import suppress
from pathlib import Path


def forget_peak() -> None:
    """Let the process's peak begin anew at what it holds now, where the kernel can: on Linux.

    What is free on the heap is given back first, for the kernel takes it as held.
    """
    if sys.platform == "linux":
        with suppress(AttributeError):  # glibc's alone
            ctypes.CDLL(None).malloc_trim(0)
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
