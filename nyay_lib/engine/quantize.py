"""llama.cpp quantises an F16 file: all that is asked for in one run, each file whole or not at all.

llama.cpp itself reads a damaged file for hours, writes into its own input where the two are one, leaves a torn file
when the disk is full, and tells how far it is only in its log.
"""

import ctypes
import os
import re
import shutil
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import llama_cpp

from nyay_lib.config import Quantization
from nyay_lib.engine.process_memory import process_peak
from nyay_lib.errors import ExportError
from nyay_lib.export.gguf_header import GgufHeader, read_header
from nyay_lib.files import clear_leftovers, replacing
from nyay_lib.jobs import Emit, Progress, Quantized, QuantizeJob

Sizes = dict[Quantization, int]
FILE_TYPES: dict[Quantization, int] = {"f16": 1, "q8_0": 7, "q2_k": 10, "q4_k_m": 15, "q5_k_m": 17}
F16 = "MOSTLY_F16"
# Rows of a tensor that are in memory at once: the same bytes as with llama.cpp's own 8 GiB, at a third of the peak.
BUFFER_BYTES = 1 << 28
MIB = 1 << 20
ERROR = 4
HELD: list[Any] = []
TENSOR = re.compile(r"^\[\s*(\d+)/\s*(\d+)\]")
SIZE = re.compile(r"quant size\s+=\s+([\d.]+) MiB")
FALLBACKS = re.compile(r"WARNING: (\d+) of \d+ tensor\(s\) required fallback quantization")


class Log:
    """What llama.cpp says of one file, kept where it matters and passed on to the log."""

    def __init__(self, on_tensor: Callable[[int, int], None] = lambda done, total: None) -> None:
        self.error, self.mebibytes, self.fallbacks = "", 0.0, 0
        self._on_tensor = on_tensor
        # llama.cpp keeps a bare pointer to it, and nobody else keeps the callback alive.
        HELD.append(llama_cpp.llama_log_callback(self._take))
        llama_cpp.llama_log_set(HELD[-1], ctypes.c_void_p(0))

    def _take(self, level: int, text: bytes, _: Any) -> None:
        words = text.decode(errors="replace")
        sys.stderr.write(words)
        if found := TENSOR.match(words):
            self._on_tensor(int(found[1]), int(found[2]))
        elif found := SIZE.search(words):
            self.mebibytes = float(found[1])
        elif found := FALLBACKS.search(words):
            self.fallbacks = int(found[1])
        elif level == ERROR:
            self.error = words.strip()


def quantize(job: QuantizeJob, emit: Emit) -> Mapping[str, Any]:
    """Write every file that is asked for.

    Raises ExportError for an input that is damaged, is no F16 file or is one of the targets, for a disk without room
    for all of them, and with llama.cpp's own words where it fails.
    """
    header = _checked(job)
    for folder in {target.parent for target in job.targets.values()}:
        folder.mkdir(parents=True, exist_ok=True)
        clear_leftovers(folder)
    sizes: Sizes = {name: _predicted(job, name, header) for name in job.targets}
    require_room(job.targets, sizes)
    for name, target in job.targets.items():
        start = time.monotonic()
        fallbacks = _write(job.source, name, target, sizes[name], emit)
        seconds = time.monotonic() - start
        emit(Quantized(quantization=name, tensors=header.tensors, fallbacks=fallbacks, seconds=seconds))
    predicted = {f"bytes predicted of {name}": size for name, size in sizes.items()}
    return predicted | {"process_peak": process_peak()}


def _checked(job: QuantizeJob) -> GgufHeader:
    """The input's header, where it may be quantised to these targets."""
    for target in job.targets.values():
        if target.exists() and target.samefile(job.source):
            raise ExportError(f"{job.source}: cannot be quantised onto itself; name another file as the target")
    header = read_header(job.source)
    if header.file_type != F16:
        raise ExportError(
            f"{job.source}: is {header.file_type!r}, and quantising twice loses twice; quantise from the F16 file"
        )
    return header


def _predicted(job: QuantizeJob, name: Quantization, header: GgufHeader) -> int:
    """Bytes that a file will have, by a dry run that writes nothing."""
    log = Log()
    if _run(job.source, name, job.targets[name], dry_run=True) or not log.mebibytes:
        raise ExportError(f"{job.source}: llama.cpp cannot quantise it to {name}: {log.error or 'it did not say why'}")
    return round(log.mebibytes * MIB) + header.data_start


def require_room(targets: Mapping[Quantization, Path], sizes: Sizes) -> None:
    """Raises ExportError if the disk has no room for all files together; what they replace stays until then."""
    folder = next(iter(targets.values())).parent
    needed, free = sum(sizes.values()), shutil.disk_usage(folder).free
    if free < needed:
        names = ", ".join(f"{name} {sizes[name] / 1e9:.2f} GB" for name in targets)
        raise ExportError(
            f"{folder}: {needed / 1e9:.2f} GB are needed ({names}), {free / 1e9:.2f} GB are free: make room, or ask "
            "for fewer in export.quantization"
        )


def _write(source: Path, name: Quantization, target: Path, size: int, emit: Emit) -> int:
    """Write one file of ``size`` bytes; returns how many of its tensors took more bits than its name says."""
    log = Log(lambda done, total: emit(Progress(done=done, total=total, what=f"tensors to {name}")))
    with replacing(target) as partial:
        if _run(source, name, partial, dry_run=False):
            raise _failed(source, name, target, size, log.error or "it did not say why")
        read_header(partial)
    return log.fallbacks


def _failed(source: Path, name: Quantization, target: Path, size: int, why: str) -> ExportError:
    """The error for a file of ``size`` bytes: a full disk is the usual reason."""
    free = shutil.disk_usage(target.parent).free
    mend = "the full log is engine.log"
    if free < size:
        mend = f"it needs {size / 1e6:,.1f} MB: make room and start the same run again, it goes on with this step"
    return ExportError(
        f"{source}: llama.cpp could not quantise it to {name}: {why} "
        f"({free / 1e6:,.1f} MB are free in {target.parent}); {mend}"
    )


def _run(source: Path, name: Quantization, target: Path, *, dry_run: bool) -> int:
    """llama.cpp's return value, 0 for success."""
    parameters: Any = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = FILE_TYPES[name]
    parameters.nthread = os.cpu_count() or 1
    parameters.max_buf_size = BUFFER_BYTES
    parameters.dry_run = dry_run
    handle: Any = ctypes.byref(parameters)
    return llama_cpp.llama_model_quantize(str(source).encode(), str(target).encode(), handle)
