"""In how much memory and time does a model of Llama 3.2 3B's exact shapes become an F16 GGUF, and that a Q4_K_M?

Random weights in f16, written tensor by tensor. The writer and the quantising child are processes of their own, as in a
run; their times stand beside that of a plain copy of the F16 file, read and written and synced. Then SmolLM2-135M out
of its package, by the writer and by llama.cpp's own converter in turn, whole processes, with the tensors compared; this
needs torch, and llama.cpp's convert_hf_to_gguf.py with the folders beside it (as in llama-cpp-python's source package).
Needs 22 GB of disk in the temporary folder at full size.

python benchmarks/export.py
"""

import argparse
import importlib.util
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import numpy.typing as npt

from nyay_lib.base_model.embedded import make_embedded
from nyay_lib.base_model.llama import LLAMA_32_3B, LlamaShape
from nyay_lib.base_model.tiny import make_tiny
from nyay_lib.base_model.weights import write_f16
from nyay_lib.files import write_json
from nyay_lib.jobs import Quantized, QuantizeJob, run_job

ROOT = Path(__file__).resolve().parents[1]
WRITER = ROOT / "benchmarks" / "contenders" / "writer.py"
CONVERTER = "convert_hf_to_gguf.py"
FILES_AT_ONCE, SLACK = 3.4, 1 << 30
GOALS = {"writer_peak_mib": 400, "quantize_peak_mib": 1.1 * 1024, "q4_k_m_bytes": 2_100_000_000}
REPEATS = 3
MIB = 1 << 20
POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Taken:
    """What a process took from its start to its end, and what it printed last."""

    seconds: float
    cpu_seconds: float
    peak_mib: float
    last_line: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--layers", type=int, default=LLAMA_32_3B.layers)
    parser.add_argument("--vocab", type=int, default=LLAMA_32_3B.vocab)
    parser.add_argument("--repeats", type=int, default=REPEATS, help="turns of writer and converter on SmolLM2")
    parser.add_argument("--full-repeats", type=int, default=1, help="times that the large files are written")
    parser.add_argument("--converter", type=Path, default=None, help=f"llama.cpp's {CONVERTER}; empty: uv's cache")
    parser.add_argument("--tiny", action="store_true", help="a random model in the place of SmolLM2")
    given = parser.parse_args()
    shape = replace(LLAMA_32_3B, layers=given.layers, vocab=given.vocab)
    with tempfile.TemporaryDirectory(prefix="nyay-benchmark-") as name:
        folder = Path(name)
        needed, free = FILES_AT_ONCE * 2 * parameters(shape) + SLACK, shutil.disk_usage(folder).free
        if free < needed:
            raise SystemExit(f"{folder}: {needed / 1e9:.0f} GB are needed, {free / 1e9:.0f} are free; see TMPDIR")
        large = full_size(folder / "large", shape, given.full_repeats)
        shutil.rmtree(folder / "large")
        (make_tiny if given.tiny else make_embedded)(folder / "small")
        against = against_converter(folder, given.converter, given.repeats)
        print(json.dumps({**large, **against, "goals": GOALS, "machine": machine()}))


def machine() -> dict[str, Any]:
    packages = {name: version(name) for name in ("llama-cpp-python", "gguf", "numpy")}
    return {"system": f"{platform.system()} {platform.machine()}", "cores": os.cpu_count(), "versions": packages}


# --- at full size ---------------------------------------------------------------------------------------------------


def full_size(folder: Path, shape: LlamaShape, repeats: int) -> dict[str, Any]:
    """Write, copy and quantise the large model; one file more than is needed is never kept."""
    make_model(folder / "model", shape)
    f16 = folder / "f16.gguf"
    written, copied, quantised = list[dict[str, Any]](), list[float](), list[dict[str, float]]()
    for _ in range(repeats):
        written.append(json.loads(run(sys.executable, str(WRITER), str(folder / "model"), str(f16)).last_line))
        copied.append(copy_seconds(f16, folder / "copy"))
        quantised.append(quantise(f16, folder / "q4_k_m.gguf", folder / "job"))
    writing, copying = statistics.median(one["seconds"] for one in written), statistics.median(copied)
    quantising = statistics.median(one["seconds"] for one in quantised)
    return {
        "writer_peak_mib": round(max(one["peak_mib"] for one in written), 1),
        "quantize_peak_mib": round(max(one["peak_mib"] for one in quantised), 1),
        "q4_k_m_bytes": (folder / "q4_k_m.gguf").stat().st_size,
        "f16_bytes": f16.stat().st_size,
        "predicted_bytes": quantised[0]["predicted"],
        "fallback_tensors": quantised[0]["fallbacks"],
        "writer_seconds": round(writing, 2),
        "copy_seconds": round(copying, 2),
        "quantize_seconds": round(quantising, 2),
        "writer_over_copy": round(writing / copying, 3),
        "quantize_over_copy": round(quantising / copying, 3),
        "copy_mb_per_second": round(f16.stat().st_size / copying / 1e6, 1),
        "full_repeats": repeats,
        "full_spread": {
            "writer": [round(one["seconds"], 2) for one in written],
            "copy": [round(seconds, 2) for seconds in copied],
            "quantize": [round(one["seconds"], 2) for one in quantised],
        },
        "parameters": parameters(shape),
        "full_size": shape == LLAMA_32_3B,
    }


def parameters(shape: LlamaShape) -> int:
    return sum(int(np.prod(size)) for size in shape.tensors().values())


def make_model(folder: Path, shape: LlamaShape) -> None:
    """A Hugging Face folder with random weights and a small tokenizer, in the memory of one tensor."""
    make_tiny(folder)
    config = json.loads((folder / "config.json").read_bytes())
    ids = [config[f"{name}_token_id"] for name in ("bos", "eos", "pad")]
    write_json(folder / "config.json", shape.config(*ids))
    write_f16(folder / "model.safetensors", shape.tensors(), weights(shape))


def weights(shape: LlamaShape) -> Iterator[npt.NDArray[np.float16]]:
    """Values of a bell curve that keep the size of what flows through; a table of 256 is drawn from, which is quick."""
    random = np.random.default_rng(0)
    bell = np.sort(random.standard_normal(256)).astype(np.float32)
    for size in shape.tensors().values():
        if len(size) == 1:
            yield np.ones(size, np.float16)
        else:
            table = (bell * size[1] ** -0.5).astype(np.float16)
            yield table[np.frombuffer(random.bytes(int(np.prod(size))), np.uint8)].reshape(size)


def run(*command: str) -> Taken:
    """Run a process of its own to its end. Raises SystemExit with the end of its log where it fails."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=output, stderr=log, env=os.environ | {"PYTHONPATH": str(ROOT)})
        peak, ended, status, usage = 0.0, 0, 0, resource.getrusage(resource.RUSAGE_SELF)
        while not ended:
            # Asked of the living: what the system tells of the dead includes the pages of whoever started them.
            with suppress(OSError, IndexError):
                peak = max(peak, peak_of(process.pid))
            time.sleep(POLL_SECONDS)
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - start
        for file in (output, log):
            file.seek(0)
        if process.returncode:
            raise SystemExit(f"{command[1]} ended with {process.returncode}: {log.read()[-2000:].decode()}")
        lines = output.read().decode().splitlines() or [""]
    return Taken(seconds, usage.ru_utime + usage.ru_stime, peak, lines[-1])


def copy_seconds(source: Path, target: Path) -> float:
    """A plain copy through this process, synced, and removed again."""
    start = time.perf_counter()
    with source.open("rb") as file, target.open("wb") as copy:
        while chunk := file.read(8 * MIB):
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    seconds = time.perf_counter() - start
    target.unlink()
    return seconds


def quantise(source: Path, target: Path, job: Path) -> dict[str, float]:
    """The step's own child: its seconds, its peak, and what it foretold."""
    found, start = dict[str, float](), time.perf_counter()
    events = run_job(QuantizeJob(source=source, targets={"q4_k_m": target}), job)
    while True:
        try:
            event = next(events)
        except StopIteration as stop:
            done = stop.value.result
            found |= {"predicted": done["bytes predicted of q4_k_m"], "peak_mib": done["process_peak"] / MIB}
            return found | {"seconds": time.perf_counter() - start}
        if isinstance(event, Quantized):
            found["fallbacks"] = event.fallbacks


def peak_of(pid: int) -> float:
    """The most memory of a child that is still there."""
    if sys.platform == "linux":
        return int(Path(f"/proc/{pid}/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / MIB


# --- against llama.cpp's own converter ------------------------------------------------------------------------------


def against_converter(folder: Path, converter: Path | None, repeats: int) -> dict[str, Any]:
    """Both on the small model in turn; nulls with the reason where the converter cannot be run."""
    found = converter or find_converter()
    if found is None or importlib.util.find_spec("torch") is None:
        missing = "torch is not installed" if found else f"llama.cpp's {CONVERTER} is not there; name it by --converter"
        return {"ratio_converter": None, "converter": missing}
    ours, theirs = folder / "ours.gguf", folder / "theirs.gguf"
    taken: dict[str, list[Taken]] = {"ours": [], "converter": []}
    for _ in range(repeats):
        taken["ours"].append(run(sys.executable, str(WRITER), str(folder / "small"), str(ours)))
        command = [str(found), str(folder / "small"), "--outtype", "f16", "--outfile", str(theirs)]
        try:
            taken["converter"].append(run(sys.executable, *command))
        except SystemExit as failure:
            return {"ratio_converter": None, "converter": f"it failed: {str(failure)[-300:]}"}
    seconds = {name: statistics.median(one.seconds for one in turns) for name, turns in taken.items()}
    peaks = {name: max(one.peak_mib for one in turns) for name, turns in taken.items()}
    return {
        "ratio_converter": round(seconds["converter"] / seconds["ours"], 3),
        "peak_ratio_converter": round(peaks["ours"] / peaks["converter"], 3),
        "converter": {
            "seconds": seconds,
            "peak_mib": peaks,
            "spread": {name: [one.seconds for one in turns] for name, turns in taken.items()},
            "cpu_seconds": {name: [one.cpu_seconds for one in turns] for name, turns in taken.items()},
            "tensors_equal": tensors_equal(ours, theirs),
        },
        "repeats": repeats,
    }


def find_converter() -> Path | None:
    """The converter in the source package that uv built llama-cpp-python from."""
    cache = Path(os.environ.get("UV_CACHE_DIR") or Path.home() / ".cache" / "uv")
    found = cache.glob(f"sdists-v*/pypi/llama-cpp-python/*/*/src/vendor/llama.cpp/{CONVERTER}")
    return next(iter(sorted(found, reverse=True)), None)


def tensors_equal(ours: Path, theirs: Path) -> str:
    """How many tensors have the same type and bytes in both files."""
    first, second = ({t.name: t for t in gguf.GGUFReader(path).tensors} for path in (ours, theirs))
    same = [
        name
        for name, tensor in first.items()
        if name in second
        and tensor.tensor_type == second[name].tensor_type
        and np.array_equal(tensor.data, second[name].data)
    ]
    return f"{len(same)} of {len(first.keys() | second.keys())}"


if __name__ == "__main__":
    main()
