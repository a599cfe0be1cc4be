"""The machine as far as memory and speed go: what was measured on one holds for its like alone."""

import os
import platform
import subprocess
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil
from pydantic import BaseModel, ConfigDict

GIB = 2**30
SYSCTL = "/usr/sbin/sysctl"
# The packages that bring MLX its device, by the device's name; one of them is installed.
DEVICES = {"mlx-metal": "Metal", "mlx-cuda-13": "CUDA", "mlx-cuda-12": "CUDA", "mlx-cpu": "CPU"}


class Machine(BaseModel):
    """``memory`` in whole GiB, since a kernel keeps a few MiB more or less for itself; the name plays no part."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    processor: str
    cores: int
    memory: int
    device: str


def this_machine() -> Machine:
    """The machine that this process runs on. ``device`` is what MLX was installed for: nothing of it is loaded."""
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        memory=round(psutil.virtual_memory().total / GIB),
        device=next((name for package, name in DEVICES.items() if _is_installed(package)), "unknown"),
    )


def _processor() -> str:
    """Name of the processor as its maker says it, else its architecture."""
    if platform.system() == "Darwin":
        # By its path, since a service's PATH may be short of it.
        with suppress(OSError):
            asked = subprocess.run([SYSCTL, "-n", "machdep.cpu.brand_string"], capture_output=True, text=True)
            return asked.stdout.strip() or platform.machine()
        return platform.machine()
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _is_installed(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True
