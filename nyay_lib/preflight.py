"""What must hold before hours are spent: everything is checked, then every failure is told at once."""

import math
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pydantic
from pydantic import BaseModel, ConfigDict

from nyay_lib.base_model import SourceCheck, check_source
from nyay_lib.base_model.fetch import kind_of
from nyay_lib.base_model.prepared import BaseModel as PreparedBase
from nyay_lib.config import PipelineConfig, Quantization
from nyay_lib.errors import BaseModelError, PreflightError
from nyay_lib.files import digest_value
from nyay_lib.registry.address import address, is_local, nobody_at, outdated, version
from nyay_lib.registry.production import obstacles
from nyay_lib.results import Result
from nyay_lib.runs import RunDir
from nyay_lib.weights_and_biases import is_offline, obstacle

GIB = 2**30

# Bits a weight, measured on Llama 3.2 3B; an MLX group of 64 weights has a scale and a bias of 16 bits each.
GGUF_BITS: dict[Quantization, float] = {"q4_k_m": 5.1, "q5_k_m": 5.8, "q8_0": 8.52, "f16": 16.0}
GROUP_BITS = 32 / 64
F16_BYTES = 2
# Outputs and inputs of an adapted module grow as the root of the parameters: in Llamas of 0.1 to 8 billion they are
# 2.5 times it in attention and 5 times it in the feed-forward part. Three values of 4 bytes each make a checkpoint.
ADAPTED_WIDTH = 5.0
CHECKPOINT_BYTES = 3 * 4
CHECKPOINTS_KEPT = 4  # two newest, the best, and the one being written
# Activations of a token, as bytes to the root of the parameters: 16 GB for 2,048 tokens of the 3B model were seen on
# an M2. Gradient checkpointing, the ladder's last step, keeps a quarter.
ACTIVATION_BYTES = 140.0
CHECKPOINTED_SHARE = 0.25
PROGRAM_BYTES = GIB  # interpreter, server and libraries
DISK_MARGIN = 1.1
DISK_SLACK_BYTES = GIB // 2  # logs, data sets, answers
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


def preflight(config: PipelineConfig, run: RunDir | None = None) -> Preflight:
    """Check everything that can be known to make a run fail. What ``run`` has made already needs no room again.

    Raises PreflightError with a line for each check that failed, and what to do about it.
    """
    start = time.monotonic()
    checks = [check if not check.ok else check.model_copy(update={"mend": ""}) for check in _checks(config, run)]
    if failed := [check for check in checks if not check.ok]:
        raise PreflightError("\n".join(["the run cannot start:", *(f"- {check}" for check in failed)]))
    inputs = digest_value(config.model_dump(mode="json"))
    return Preflight(inputs=inputs, seconds=time.monotonic() - start, checks=checks)


def _checks(config: PipelineConfig, run: RunDir | None) -> Iterator[Check]:
    if platform.system() == "Darwin":
        yield from _mac()
    yield _data("training data", config.data.train)
    yield _data("validation data", config.data.validation)
    base, source = _base(config)
    yield base
    if source is not None:
        yield from _disks(_needs(config, run, source))
        yield _memory(config, parameters(source))
    yield _ollama(config)
    if config.logging.wandb:
        yield wandb_check()
    yield _production(config)


# --- the machine ----------------------------------------------------------------------------------------------------


def _mac() -> Iterator[Check]:
    machine = platform.machine()
    yield Check(
        name="Python",
        ok=machine == "arm64",
        measured=f"built for {machine}",
        needed="arm64",
        mend="MLX has no GPU under Rosetta: install Python for Apple Silicon and make the environment again",
    )
    metal = _asked(sys.executable, "-c", "import mlx.core as mx; raise SystemExit(not mx.metal.is_available())")
    yield Check(
        name="Metal",
        ok=metal,
        measured="available" if metal else "not available",
        needed="available",
        mend="run on a Mac with Apple Silicon, not in a container or virtual machine",
    )
    compiler = _asked("xcrun", "--find", "clang")
    yield Check(
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
    """Bytes that training ``count`` parameters takes: weights, adapter, activations and the program.

    With the configured micro-batch, or at the ladder's smallest step: one row, activations computed twice.
    """
    training = config.training
    row = ACTIVATION_BYTES * math.sqrt(count) * training.max_seq_length
    activations = row * (CHECKPOINTED_SHARE if smallest else training.batch_size)
    return base_bytes(config, count) + checkpoint_bytes(config, count) + activations + PROGRAM_BYTES


# --- the disk -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes that a step will write into a folder."""

    folder: Path
    bytes: float


def parameters(source: SourceCheck) -> int:
    """Parameters of the base; where nobody counts them, as many as its files hold in 16 bits."""
    return source.parameters or source.total_bytes // F16_BYTES


def base_bytes(config: PipelineConfig, count: int) -> float:
    """Size of the quantised base."""
    return count * (config.model.quantization + GROUP_BITS) / 8


def checkpoint_bytes(config: PipelineConfig, count: int) -> float:
    """Upper bound for an adapter with its two moments."""
    width = ADAPTED_WIDTH * len(config.lora.target_modules)
    return CHECKPOINT_BYTES * config.lora.rank * width * math.sqrt(count)


def _needs(config: PipelineConfig, run: RunDir | None, source: SourceCheck) -> list[Need]:
    """What the steps will write, and where."""
    count = parameters(source)
    shipped = count * GGUF_BITS[config.export.quantization] / 8
    merged = F16_BYTES * count
    exported = merged + (shipped if config.export.quantization != "f16" else 0)
    return [
        Need(config.paths.cache, source.missing_bytes + _embedded_bytes(config, source)),
        Need(config.paths.cache, 0 if _is_quantised(config, source) else base_bytes(config, count)),
        Need(config.paths.runs, CHECKPOINTS_KEPT * checkpoint_bytes(config, count)),
        Need(config.paths.runs, max(0, merged - (_size(run.merged) if run else 0))),
        Need(config.paths.runs, max(0, exported - (_size(run.gguf) if run else 0))),
        Need(_ollama_folder(), shipped if _registers_here(config) else 0),
    ]


def _embedded_bytes(config: PipelineConfig, source: SourceCheck) -> int:
    """An embedded model is unpacked into the cache."""
    return source.total_bytes if kind_of(config.model) == "embedded" else 0


def _is_quantised(config: PipelineConfig, source: SourceCheck) -> bool:
    """Whether the quantised base is there, or the model comes quantised."""
    if source.parameters and source.total_bytes < F16_BYTES * source.parameters * 0.8:
        return True
    return any(_is_of(config, path) for path in config.paths.cache.glob("base-*.json"))


def _is_of(config: PipelineConfig, manifest: Path) -> bool:
    try:
        base = PreparedBase.model_validate_json(manifest.read_bytes())
    except (OSError, pydantic.ValidationError):
        return False
    wanted = (config.model.name, config.model.quantization)
    return (base.name, base.bits) == wanted and (base.folder / "config.json").exists()


def _registers_here(config: PipelineConfig) -> bool:
    """Whether an Ollama on this machine will keep a copy."""
    where = address(config)
    return config.registry.register_model != "never" and is_local(where) and version(where) is not None


def _ollama_folder() -> Path:
    return Path(os.environ.get("OLLAMA_MODELS") or Path.home() / ".ollama" / "models")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _disks(needs: Iterable[Need]) -> Iterator[Check]:
    """One check for each file system that is written to."""
    sums: dict[int, tuple[Path, float]] = {}
    for need in needs:
        place = _existing(need.folder)
        first, total = sums.get(place.stat().st_dev, (place, 0.0))
        sums[place.stat().st_dev] = (first, total + need.bytes)
    for place, total in sums.values():
        yield _disk(place, total * DISK_MARGIN + DISK_SLACK_BYTES)


def _disk(place: Path, needed: float) -> Check:
    free = shutil.disk_usage(place).free
    return Check(
        name="disk",
        ok=free >= needed,
        measured=f"{free / GIB:.1f} GiB free at {place}",
        needed=f"{needed / GIB:.1f} GiB",
        mend="make room, or let paths.runs and paths.cache name another disk",
    )


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    path = folder.absolute()
    return next(p for p in (path, *path.parents) if p.exists())


# --- data, base, registry -------------------------------------------------------------------------------------------


def _data(name: str, path: Path) -> Check:
    """A file with at least one line that is not blank."""
    try:
        with path.open("rb") as file:
            filled = any(line.strip() for line in file)
            measured = f"{path}, {os.fstat(file.fileno()).st_size:,} bytes" if filled else f"{path} is empty"
    except OSError as error:
        filled, measured = False, f"{path}: {error.strerror}"
    key = "data.train" if name == "training data" else "data.validation"
    return Check(name=name, ok=filled, measured=measured, needed="a file with records", mend=f"correct {key}")


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


def _production(config: PipelineConfig) -> Check:
    """The fixed names of the release in production must be free, or links."""
    blocked = obstacles(config)
    measured = f"{blocked[0]} is a file or folder of its own" if blocked else "free, or links"
    return Check(
        name="production paths", ok=not blocked, measured=measured, needed="free, or links", mend="move it away"
    )
