"""What stays of runs on disk: all of production and its predecessor; of others what the configuration keeps.

The merged model, the F16 file and the checkpoints can be made again from the adapter, or are not needed any more once
there is one. Reports, results and the configuration of a run always stay, with a record of what was removed.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pydantic

from nyay_lib.config import PipelineConfig
from nyay_lib.disk_use import size_of
from nyay_lib.export.model_files import Gguf
from nyay_lib.files import clear_leftovers, remove_folder
from nyay_lib.lines import appending
from nyay_lib.registry.history import lineage, unfinished
from nyay_lib.registry.journal import journal_of, read
from nyay_lib.review.closing import is_asked_about
from nyay_lib.run_lock import nobody_else
from nyay_lib.runs import RunDir

What = Literal[
    "merged model",
    "F16 file",
    "other GGUF",
    "checkpoints",
    "GGUF",
    "adapter",
    # of what runs share
    "data set",
    "answers",
    "quantised base",
    "base for comparison",
    "data version",
]
# Production, and the one before it, which production can be taken back to at once.
PROTECTED = 2


class Removed(pydantic.BaseModel):
    """Something that was removed from a run, or a folder that runs share, by which run, and when."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    run_id: str
    what: What
    bytes: int
    removed_by: str
    time: datetime


def tidy(config: PipelineConfig, run: RunDir) -> list[Removed]:
    """Remove what the configuration does not keep of finished runs, ``run`` among them; returns what went.

    Of a run that did not finish go the merged model and the F16 file alone. Production, its predecessor, a run whose
    answers lawyers are being asked about, and one that another process is at work on are not touched.
    """
    safe = protected(config)
    removed: list[Removed] = []
    rank = 0
    for other in _newest_first(config, run):
        if other.run_id in safe or is_asked_about(other, datetime.now(UTC)):
            continue
        finished = other.manifest.exists() or other.root == run.root
        removed += _tidied(other, _unwanted(config, other, rank if finished else None), run.run_id)
        rank += finished
    return removed


def protected(config: PipelineConfig) -> tuple[str, ...]:
    """The runs in production now and before, and one that a switch which was broken off is about."""
    entries = read(journal_of(config))
    begun = unfinished(entries)
    safe = [*reversed(lineage(entries)[-PROTECTED:]), *([begun] if begun else [])]
    return tuple(dict.fromkeys(entry.run_id for entry in safe))


def _newest_first(config: PipelineConfig, run: RunDir) -> list[RunDir]:
    """All runs by their ends; ``run``, which ends now, is the first."""
    found = (RunDir(path) for path in config.paths.runs.resolve().iterdir() if (path / "config.json").exists())
    others = [other for other in found if other.root != run.root]
    return [run, *sorted(others, key=_ended, reverse=True)]


def _ended(run: RunDir) -> float:
    """When a run ended, or was begun if it did not."""
    return (run.manifest if run.manifest.exists() else run.config).stat().st_mtime


def _unwanted(config: PipelineConfig, run: RunDir, rank: int | None) -> Iterator[tuple[What, Path]]:
    """What is not kept of the run with this place among the others, from 0; None for one that did not finish."""
    keep = config.retention
    chosen = _chosen(run)
    if rank is None or rank >= keep.merged:
        yield "merged model", run.merged
        for path in sorted(run.gguf.glob("*.gguf")):
            if chosen and path != chosen:
                yield "F16 file" if path.stem.endswith("f16") else "other GGUF", path
    if rank is None:
        return
    if rank >= keep.merged:
        yield "checkpoints", run.checkpoints
    if rank >= keep.gguf and chosen:
        yield "GGUF", chosen
    if keep.adapters is not None and rank >= keep.adapters:
        yield "adapter", run.adapter


def _chosen(run: RunDir) -> Path | None:
    """The file that the run ships, where it lies now: the project may have been moved."""
    try:
        return run.gguf / Gguf.model_validate_json(run.result("quantize").read_bytes()).path.name
    except (FileNotFoundError, pydantic.ValidationError):
        return None


def _tidied(run: RunDir, unwanted: Iterator[tuple[What, Path]], by: str) -> list[Removed]:
    """Remove what is there of ``unwanted`` unless another process is at work on the run."""
    there: list[tuple[What, Path]] = [(what, path) for what, path in unwanted if path.exists()]
    if not there:
        return []
    with nobody_else(run.lock) as alone:
        if not alone:
            return []
        clear_leftovers(run.root)
        removed = [_remove(run, what, path, by) for what, path in there]
        _record(run, removed)
    return removed


def _remove(run: RunDir, what: What, path: Path, by: str) -> Removed:
    size = size_of(path) if path.is_dir() else path.stat().st_size
    if path.is_dir():
        remove_folder(path)
    else:
        path.unlink()
    return Removed(run_id=run.run_id, what=what, bytes=size, removed_by=by, time=datetime.now(UTC))


def _record(run: RunDir, removed: Sequence[Removed]) -> None:
    with appending(run.removals) as append:
        append(one.model_dump(mode="json") for one in removed)
