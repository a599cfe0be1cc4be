"""Who is at work on a run, who makes it, and whose turn it is to train.

Every process that is at work on a run shares the run's lock; one that finds nobody else may tidy up. Only one process
at a time makes a run, and only one trains on a machine. The operating system takes a lock back from a process that
ends, however it ends, and from none that is merely stopped, as by a sleep of the machine.
"""

import fcntl
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from nyay_lib.errors import PreflightError

# Helpers that a killed process leaves behind hold what it held, and follow it within a second or two.
PATIENCE_SECONDS = 15.0
HOP_SECONDS = 0.2

# A lock is held for as long as this process lives: a flow has no last line in which to give it back.
_held: dict[Path, int] = {}


def work_on(lock: Path) -> None:
    """Share a run's lock until this process ends; waits while another process tidies the run."""
    if lock not in _held:
        _held[lock] = descriptor = _opened(lock)
        with suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_SH)


def claim(lock: Path, patience: float = PATIENCE_SECONDS) -> None:
    """Be the one process that makes a run, until this process ends.

    Raises PreflightError when after ``patience`` seconds another process still does. On a file system without locks
    nobody can tell, and nobody is refused.
    """
    if lock in _held:
        return
    descriptor, end = _opened(lock), time.monotonic() + patience
    while not _alone(descriptor, where_unknown=True):
        if time.monotonic() > end:
            os.close(descriptor)
            raise PreflightError(
                f"run_id {lock.parent.name!r} is being made by process {_holder(lock)} on this machine: wait until it "
                "ends, or cancel it, then start this one again; what it has made by then is reused"
            )
        time.sleep(HOP_SECONDS)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    _held[lock] = descriptor


@contextmanager
def turn(lock: Path, waits: Callable[[str], None]) -> Generator[None]:
    """The lock for one process at a time, for as long as the block lasts; ``waits`` is told once if another has it."""
    descriptor = _opened(lock)
    try:
        if not _alone(descriptor, where_unknown=True):
            waits(f"another process trains on this machine and holds {lock}; this one waits until that is done")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def nobody_else(lock: Path) -> Generator[bool]:
    """Whether no other process is at work on a run; while the block lasts, none begins to be.

    On a file system without locks nobody can tell, and the answer is no.
    """
    mine = _held.get(lock)
    descriptor = _opened(lock) if mine is None else mine
    try:
        yield _alone(descriptor, where_unknown=False)
    finally:
        if mine is None:
            os.close(descriptor)
        else:
            with suppress(OSError):
                fcntl.flock(mine, fcntl.LOCK_SH)


def _opened(lock: Path) -> int:
    lock.parent.mkdir(parents=True, exist_ok=True)
    return os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)


def _alone(descriptor: int, *, where_unknown: bool) -> bool:
    """Whether the lock could be had for this process alone; ``where_unknown`` on a file system without locks."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return where_unknown
    return True


def _holder(lock: Path) -> str:
    return lock.read_text(errors="replace").strip() or "unknown"
