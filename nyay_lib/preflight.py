"""What must hold before hours are spent: everything is checked, then every failure is told at once."""

import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
from pydantic import BaseModel, ConfigDict

from nyay_lib.base_model import SourceCheck, check_source
from nyay_lib.base_model.prepared import find_prepared
from nyay_lib.config import PipelineConfig
from nyay_lib.disk import Disk, base_bytes, checkpoint_bytes, disks, needs, parameters
from nyay_lib.errors import BaseModelError, DataError, PreflightError
from nyay_lib.evaluation.cases import read_cases
from nyay_lib.files import digest_value
from nyay_lib.ladder import ladder
from nyay_lib.machine import GIB, this_machine
from nyay_lib.planning.assumed import assumed
from nyay_lib.planning.calibration import kept
from nyay_lib.planning.costs import Costs, fitted
from nyay_lib.planning.workload import PlannedRow, parts_of
from nyay_lib.registry.address import address, nobody_at, outdated, version
from nyay_lib.registry.production import obstacles
from nyay_lib.results import Result
from nyay_lib.runs import RunDir
from nyay_lib.weights_and_biases import is_offline, obstacle

ASK_SECONDS = 120.0


class Check(BaseModel):
    """One condition: what was found, what is needed, and how to mend it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    ok: bool
    measured: str
    needed: str
    mend: str = ""

    def __str__(self) -> str:
        mend = f"; {self.mend}" if self.mend else ""
        return f"{self.name}: {self.measured} (needed: {self.needed}){mend}"


class Preflight(Result):
    """Every condition, all of which hold."""

    checks: list[Check]


def preflight(
    config: PipelineConfig, run: RunDir | None = None, tell: Callable[[Sequence[Check]], object] | None = None
) -> Preflight:
    """Check everything that can be known to make a run fail. What ``run`` has made already needs no room again.

    ``tell`` is given the checks, those too that failed. Raises PreflightError with a line for each of these, and what
    to do about it.
    """
    start = time.monotonic()
    checks = [check if not check.ok else check.model_copy(update={"mend": ""}) for check in _checks(config, run)]
    if tell:
        tell(checks)
    if failed := [check for check in checks if not check.ok]:
        raise PreflightError("\n".join(["the run cannot start:", *(f"- {check}" for check in failed)]))
    inputs = digest_value(config.model_dump(mode="json"))
    return Preflight(inputs=inputs, seconds=time.monotonic() - start, checks=checks)


def _checks(config: PipelineConfig, run: RunDir | None) -> Iterator[Check]:
    if platform.system() == "Darwin":
        yield from (python_check(), _metal(), compiler_check())
    yield _data("training data", config.data.train)
    yield _data("validation data", config.data.validation)
    yield _cases(config)
    yield from base_checks(config, run)
    yield _ollama(config)
    if config.logging.wandb:
        yield wandb_check()
    yield production_check(config)


# --- the machine ----------------------------------------------------------------------------------------------------


def python_check() -> Check:
    """On a Mac: a Python for its own processor."""
    machine = platform.machine()
    return Check(
        name="Python",
        ok=machine == "arm64",
        measured=f"built for {machine}",
        needed="arm64",
        mend="MLX has no GPU under Rosetta: install Python for Apple Silicon and make the environment again",
    )


def _metal() -> Check:
    metal = _asked(sys.executable, "-c", "import mlx.core as mx; raise SystemExit(not mx.metal.is_available())")
    return Check(
        name="Metal",
        ok=metal,
        measured="available" if metal else "not available",
        needed="available",
        mend="run on a Mac with Apple Silicon, not in a container or virtual machine",
    )


def compiler_check() -> Check:
    """On a Mac: its command line tools."""
    compiler = _asked("xcrun", "--find", "clang")
    return Check(
        name="compiler",
        ok=compiler,
        measured="clang" if compiler else "none",
        needed="clang",
        mend="run `xcode-select --install`",
    )


def _asked(*command: str) -> bool:
    """Whether a command ends well. A child process keeps MLX out of this one."""
    try:
        return subprocess.run(command, capture_output=True, timeout=ASK_SECONDS).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _memory(config: PipelineConfig, count: int) -> Check:
    """Room for the smallest step of the ladder; whether the configured batch fits is found out by trying."""
    wanted, least = predicted_memory(config, count, smallest=False), predicted_memory(config, count, smallest=True)
    memory = psutil.virtual_memory()
    too_small = f"lower training.max_seq_length below {config.training.max_seq_length}, or take a smaller model.name"
    return Check(
        name="memory",
        ok=memory.available >= least,
        measured=f"{memory.available / GIB:.1f} of {memory.total / GIB:.1f} GiB free",
        needed=f"{least / GIB:.1f} GiB, for the configured micro-batch some {wanted / GIB:.1f} GiB",
        mend=too_small if memory.total < least else "close other programs",
    )


def predicted_memory(config: PipelineConfig, count: int, *, smallest: bool) -> float:
    """Bytes that training ``count`` parameters takes, with rows of the greatest length.

    With the configured micro-batch, or at the ladder's smallest step: one row, activations computed twice. As
    calibrated where this base was measured on this machine, else as assumed of its like.
    """
    rung, length = ladder(config)[-1 if smallest else 0], config.training.max_seq_length - 1
    costs = _calibrated(config) or assumed(
        this_machine(), count, base_bytes(config, count), checkpoint_bytes(config, count)
    )
    rows = [PlannedRow(index, length + 1, costs.chunk, 0, "") for index in range(rung.micro_batch)]
    return costs.bytes(parts_of(rows, costs.lanes), checkpointing=rung.gradient_checkpointing)


def _calibrated(config: PipelineConfig) -> Costs | None:
    """What was measured of the configured base on this machine, if it was."""
    base = find_prepared(config.model, config.paths.cache)
    calibration = kept(config, base) if base else None
    return fitted(calibration) if calibration else None


# --- the disk -------------------------------------------------------------------------------------------------------


def _disk(disk: Disk) -> Check:
    return Check(
        name="disk",
        ok=disk.free >= disk.peak,
        measured=f"{disk.free / GIB:.1f} GiB free at {disk.folder}",
        needed=f"{disk.peak / GIB:.1f} GiB",
        mend="make room, or let paths.runs and paths.cache name another disk",
    )


# --- data, base, registry -------------------------------------------------------------------------------------------


def _data(name: str, path: Path) -> Check:
    """A file with at least one line that is not blank."""
    try:
        with path.open("rb") as file:
            filled = any(line.strip() for line in file)
            measured = f"{path}, {os.fstat(file.fileno()).st_size:,} bytes" if filled else f"{path} is empty"
    except OSError as error:
        why = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror
        filled, measured = False, f"{path}: {why}"
    key = "data.train" if name == "training data" else "data.validation"
    return Check(name=name, ok=filled, measured=measured, needed="a file with records", mend=f"correct {key}")


def _cases(config: PipelineConfig) -> Check:
    """Test cases of the user's own that can be read, where there are any."""
    path, name, needed = config.evaluation.test_cases, "test cases", "none, or a list of cases"
    try:
        cases = read_cases(path)
    except DataError as error:
        return Check(name=name, ok=False, measured=str(error), needed=needed, mend=f"correct {path}")
    return Check(name=name, ok=True, measured=f"{len(cases)} in {path}", needed=needed)


def base_checks(config: PipelineConfig, run: RunDir | None) -> Iterator[Check]:
    """The base model and, where its size can be known, the disk and the memory that it takes."""
    base, source = _base(config)
    yield base
    if source is not None:
        yield from (_disk(disk) for disk in disks(needs(config, run, source)))
        yield _memory(config, parameters(source))


def _base(config: PipelineConfig) -> tuple[Check, SourceCheck | None]:
    """Whether the base can be had; its refusals name their own mend."""
    name, needed = "base model", "reachable, its licence granted"
    try:
        source = check_source(config.model, config.paths.cache)
    except BaseModelError as error:
        return Check(name=name, ok=False, measured=str(error), needed=needed), None
    missing = f"{source.missing_bytes / GIB:.2f} GiB to fetch" if source.missing_bytes else "nothing to fetch"
    measured = f"{config.model.name}, {parameters(source) / 1e6:,.1f} million parameters, {missing}"
    return Check(name=name, ok=True, measured=measured, needed=needed), source


def _ollama(config: PipelineConfig) -> Check:
    """An Ollama that will do where one is required; elsewhere its absence is only noted."""
    wanted, where = config.registry.register_model, address(config)
    if wanted == "never":
        return Check(name="Ollama", ok=True, measured="not asked", needed="none, registry.register is 'never'")
    found = version(where)
    measured = f"version {found} at {where}" if found else nobody_at(where)
    if found is not None and (old := outdated(found)):
        return Check(name="Ollama", ok=False, measured=f"at {where}", needed="one of today", mend=old)
    if wanted == "if_available":
        return Check(name="Ollama", ok=True, measured=measured, needed="none, registry.register is 'if_available'")
    mend = "or set registry.register to if_available"
    return Check(name="Ollama", ok=found is not None, measured=measured, needed="one that answers", mend=mend)


def wandb_check() -> Check:
    """The library, and a key or the wish to stay offline."""
    found = obstacle()
    measured, mend = found or ("offline" if is_offline() else "WANDB_API_KEY is set", "")
    needed = "the extra nyay[wandb], and a key unless offline"
    return Check(name="Weights & Biases", ok=found is None, measured=measured, needed=needed, mend=mend)


def production_check(config: PipelineConfig) -> Check:
    """The fixed names of the release in production must be free, or links."""
    blocked = obstacles(config)
    measured = f"{blocked[0]} is a file or folder of its own" if blocked else "free, or links"
    return Check(
        name="production paths", ok=not blocked, measured=measured, needed="free, or links", mend="move it away"
    )
