"""What a run takes on disk while it goes on: its own folder, and what the cache has grown by."""

import os
import stat
import threading
import time
from contextlib import suppress
from pathlib import Path

import pydantic

from nyay_lib.config import PipelineConfig
from nyay_lib.files import write_text
from nyay_lib.runs import RunDir

# Looking takes time from what is looked at: at most so large a share of it, and not more often than this.
SHARE, SECONDS = 0.02, 0.5


class DiskUse(pydantic.BaseModel):
    """Bytes in the folders of runs and cache together: when the run began, and the most there were since."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    before: int
    most: int

    @property
    def peak(self) -> int:
        """What the run took when it took most."""
        return self.most - self.before


_watched: dict[Path, threading.Event] = {}


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder; what a link leads to is not counted."""
    return sum(_size(Path(inside) / name) for inside, _, names in os.walk(folder) for name in names)


def _size(path: Path) -> int:
    with suppress(OSError):  # gone since its name was read
        found = path.lstat()
        return found.st_size if stat.S_ISREG(found.st_mode) else 0
    return 0


def watch_disk(config: PipelineConfig, run: RunDir) -> None:
    """Keep the run's peak on record from now on, beside whatever this process does; ``use_of`` ends it."""
    if run.root in _watched:
        return
    done = _watched[run.root] = threading.Event()
    _look(config, run)
    threading.Thread(target=_watch, args=(config, run, done), daemon=True, name=f"disk of {run.run_id}").start()


def use_of(config: PipelineConfig, run: RunDir) -> DiskUse:
    """What the run took, by a last look."""
    if done := _watched.pop(run.root, None):
        done.set()
    return _look(config, run)


def _watch(config: PipelineConfig, run: RunDir, done: threading.Event) -> None:
    taken = 0.0
    while not done.wait(max(SECONDS, taken / SHARE)) and run.root.exists():
        start = time.monotonic()
        with suppress(OSError):
            _look(config, run)
        taken = time.monotonic() - start


def _look(config: PipelineConfig, run: RunDir) -> DiskUse:
    """Note the bytes of now if they are the most so far."""
    now = size_of(run.root) + size_of(config.paths.cache.resolve())
    known = _known(run)
    use = DiskUse(before=known.before if known else now, most=max(now, known.most if known else 0))
    if use != known:
        write_text(run.disk_use, use.model_dump_json() + "\n")
    return use


def _known(run: RunDir) -> DiskUse | None:
    try:
        return DiskUse.model_validate_json(run.disk_use.read_bytes())
    except (FileNotFoundError, pydantic.ValidationError):
        return None
