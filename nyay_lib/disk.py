"""What a run writes to disk: at its peak, and what stays."""

import math
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from nyay_lib.base_model import SourceCheck
from nyay_lib.base_model.fetch import kind_of
from nyay_lib.base_model.prepared import find_prepared
from nyay_lib.base_model.weights import F16_BYTES
from nyay_lib.config import PipelineConfig, Quantization
from nyay_lib.disk_use import size_of
from nyay_lib.errors import PreflightError
from nyay_lib.export.model_files import find_base_file
from nyay_lib.registry.address import address, is_local, version
from nyay_lib.runs import RunDir

# Bits a weight, measured on Llama 3.2 3B; an MLX group of 64 weights has a scale and a bias of 16 bits each.
GGUF_BITS: dict[Quantization, float] = {"q2_k": 3.4, "q4_k_m": 5.1, "q5_k_m": 5.8, "q8_0": 8.52, "f16": 16.0}
GROUP_BITS = 32 / 64
# Outputs and inputs of an adapted module grow as the root of the parameters: in Llamas of 0.1 to 8 billion they are
# 2.5 times it in attention and 5 times it in the feed-forward part. Three values of 4 bytes each make a checkpoint.
ADAPTED_WIDTH = 5.0
CHECKPOINT_BYTES = 3 * 4
CHECKPOINTS_KEPT = 4  # two newest, the best, and the one being written
DISK_MARGIN = 1.1
DISK_SLACK_BYTES = 2**29  # logs, data sets, answers


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes that a step will write into a folder, ``passing`` of them gone at the end of the run."""

    folder: Path
    bytes: float
    passing: float = 0.0


class Disk(BaseModel):
    """A file system that is written to, by one of its folders: bytes at the peak, at the end, and free now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: Path
    peak: float
    kept: float
    free: int


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


def needs(config: PipelineConfig, run: RunDir | None, source: SourceCheck) -> list[Need]:
    """What the steps will write, and where."""
    count = parameters(source)
    sizes = [count * GGUF_BITS[name] / 8 for name in config.export.quantizations]
    merged = F16_BYTES * count
    checkpoint = checkpoint_bytes(config, count)
    exported = merged + sum(sizes) - (merged if "f16" in config.export.quantizations else 0)
    return [
        Need(config.paths.cache, source.missing_bytes + _embedded_bytes(config, source)),
        Need(config.paths.cache, 0 if _is_quantised(config, source) else base_bytes(config, count)),
        Need(config.paths.runs, CHECKPOINTS_KEPT * checkpoint, passing=checkpoint),
        Need(config.paths.runs, max(0, merged - (size_of(run.merged) if run else 0))),
        Need(config.paths.runs, max(0, exported - (size_of(run.gguf) if run else 0))),
        _base_file(config, merged, max(sizes)),
        Need(_ollama_folder(), max(sizes) if _registers_here(config) else 0),
    ]


def require_room_to_train(config: PipelineConfig, run: RunDir, count: int) -> None:
    """Raises PreflightError where the checkpoints of a model of ``count`` parameters have no room.

    The first is written after an hour or more: better now than then. What the run has written needs no room again.
    """
    needed = max(0.0, CHECKPOINTS_KEPT * checkpoint_bytes(config, count) - size_of(run.checkpoints)) * DISK_MARGIN
    free = shutil.disk_usage(_existing(run.root)).free
    if free < needed:
        raise PreflightError(
            f"{run.root}: {free / 1e6:,.0f} MB are free, and the checkpoints of training take up to "
            f"{needed / 1e6:,.0f} MB: make room, or let paths.runs name another disk, and start run_id "
            f"{run.run_id!r} again"
        )


def _base_file(config: PipelineConfig, merged: float, shipped: float) -> Need:
    """The base in the form that is shipped, made once to be compared with; what it is made from is removed again."""
    if find_base_file(config) is not None:
        return Need(config.paths.cache, 0)
    exported = merged + (shipped if shipped < merged else 0)
    return Need(config.paths.cache, merged + exported, passing=merged + exported - shipped)


def _embedded_bytes(config: PipelineConfig, source: SourceCheck) -> int:
    """An embedded model is unpacked into the cache."""
    return source.total_bytes if kind_of(config.model) == "embedded" else 0


def _is_quantised(config: PipelineConfig, source: SourceCheck) -> bool:
    """Whether the quantised base is there, or the model comes quantised."""
    if source.parameters and source.total_bytes < F16_BYTES * source.parameters * 0.8:
        return True
    return find_prepared(config.model, config.paths.cache) is not None


def _registers_here(config: PipelineConfig) -> bool:
    """Whether an Ollama on this machine will keep a copy."""
    where = address(config)
    return config.registry.register_model != "never" and is_local(where) and version(where) is not None


def _ollama_folder() -> Path:
    return Path(os.environ.get("OLLAMA_MODELS") or Path.home() / ".ollama" / "models")


def disks(needs: Iterable[Need]) -> Iterator[Disk]:
    """The file systems that are written to, with a margin and what is too small to be counted."""
    sums: dict[int, tuple[Path, float, float]] = {}
    for need in needs:
        place = _existing(need.folder)
        first, peak, kept = sums.get(place.stat().st_dev, (place, 0.0, 0.0))
        sums[place.stat().st_dev] = (first, peak + need.bytes, kept + need.bytes - need.passing)
    for place, peak, kept in sums.values():
        yield Disk(
            folder=place,
            peak=peak * DISK_MARGIN + DISK_SLACK_BYTES,
            kept=kept * DISK_MARGIN + DISK_SLACK_BYTES,
            free=shutil.disk_usage(place).free,
        )


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    path = folder.absolute()
    return next(p for p in (path, *path.parents) if p.exists())
