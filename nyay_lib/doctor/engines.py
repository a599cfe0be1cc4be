"""MLX and llama.cpp, each looked at in a child process: one that crashes is a finding, not the end."""

import platform
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nyay_lib.doctor.finding import Finding, broken, ok, warning
from nyay_lib.doctor.installation import REINSTALL
from nyay_lib.errors import NyayError
from nyay_lib.jobs import Done, LookJob, Started, run_job

# What engine.device says where it could not load a better BLAS than the one that MLX's Linux wheel links.
SLOW_BLAS = "the BLAS of the system"


@dataclass(frozen=True, slots=True)
class Engine:
    """What a child told of its engine; ``fault`` where it told nothing."""

    device: str = ""
    version: str = ""
    on_gpu: bool = False
    fault: str = ""


def engine_findings() -> Iterator[Finding]:
    yield from _mlx(look(LookJob(at="mlx")))
    yield _llama(look(LookJob(at="llama.cpp")))


def look(job: LookJob) -> Engine:
    """Ask an engine what it is and let it compute a little."""
    with tempfile.TemporaryDirectory() as folder:
        events, device = run_job(job, Path(folder)), ""
        try:
            while True:
                event = next(events)
                device = event.device if isinstance(event, Started) else device
        except StopIteration as stop:
            done: Done = stop.value
            return Engine(device, str(done.result["version"]), bool(done.result["on_gpu"]))
        except NyayError as error:
            # The log goes with its folder.
            return Engine(fault=str(error).partition("; the full log is")[0])


def _mlx(found: Engine) -> Iterator[Finding]:
    name = "MLX device"
    if found.fault:
        yield broken(name, found.fault, REINSTALL)
    elif platform.system() == "Darwin" and not found.on_gpu:
        mend = "run on the Mac itself, not in a container or virtual machine; if you do: " + REINSTALL
        yield broken(name, f"MLX {found.version} computes on {found.device}, needed: Metal", mend)
    else:
        yield ok(name, f"MLX {found.version} on {found.device}")
    if not found.fault and not found.on_gpu and platform.system() != "Darwin":
        yield _blas(found.device)


def _blas(device: str) -> Finding:
    """The library that multiplies matrices where there is no GPU."""
    name = "BLAS"
    if SLOW_BLAS in device:
        return warning(name, f"{SLOW_BLAS}, some 20 times slower than OpenBLAS", REINSTALL)
    return ok(name, device.rpartition(", ")[2].rstrip(")"))


def _llama(found: Engine) -> Finding:
    name = "llama.cpp"
    if found.fault:
        return broken(name, found.fault, REINSTALL)
    if platform.system() == "Darwin" and not found.on_gpu:
        uv = "uv" if shutil.which("uv") else ".tools/bin/uv"
        built = f"llama-cpp-python {found.version} was built without Metal"
        return broken(name, built, f"{uv} cache clean llama-cpp-python && make clean && make install")
    return ok(name, f"llama-cpp-python {found.version}, {'GPU' if found.on_gpu else 'CPU'}")
