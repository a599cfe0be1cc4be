"""Who is at work on a run. Every process that is shares the run's lock; one that finds nobody else may tidy up.

The operating system takes a lock back from a process that ends, however it ends.
"""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

# A lock is held for as long as this process lives: a flow has no last line in which to give it back.
_held: dict[Path, int] = {}


def work_on(lock: Path) -> None:
    """Share a run's lock until this process ends; waits while another process tidies the run."""
    if lock not in _held:
        _held[lock] = descriptor = _opened(lock)
        with suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_SH)


@contextmanager
def nobody_else(lock: Path) -> Generator[bool]:
    """Whether no other process is at work on a run; while the block lasts, none begins to be.

    On a file system without locks nobody can tell, and the answer is no.
    """
    mine = _held.get(lock)
    descriptor = _opened(lock) if mine is None else mine
    try:
        yield _alone(descriptor)
    finally:
        if mine is None:
            os.close(descriptor)
        else:
            with suppress(OSError):
                fcntl.flock(mine, fcntl.LOCK_SH)


def _opened(lock: Path) -> int:
    lock.parent.mkdir(parents=True, exist_ok=True)
    return os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)


def _alone(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
