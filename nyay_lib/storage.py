"""What a disk refuses, in words: it is full, may not be written, or fails."""

import errno
import shutil
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from nyay_lib.errors import StorageError

P = ParamSpec("P")
T = TypeVar("T")

AGAIN = "then start the same run again, it goes on where it stopped"
MENDS = {
    errno.ENOSPC: f"make room, {AGAIN}",
    errno.EDQUOT: f"make room or have the quota raised, {AGAIN}",
    errno.EFBIG: f"a limit forbids files so large: raise it, {AGAIN}",
    errno.EROFS: f"it is on a disk that may only be read: see to that, {AGAIN}",
    errno.EACCES: f"see to it that you may write there, {AGAIN}",
    errno.EPERM: f"see to it that you may write there, {AGAIN}",
    errno.EIO: f"the disk fails: look after it, {AGAIN}",
}


def in_words(work: Callable[P, T]) -> Callable[P, T]:
    """A function whose OSErrors of the disk are raised as StorageError."""

    @wraps(work)
    def told(*arguments: P.args, **options: P.kwargs) -> T:
        try:
            return work(*arguments, **options)
        except OSError as error:
            if (said := explain(error)) is None:
                raise
            raise said from error

    return told


def explain(error: OSError) -> StorageError | None:
    """The error that is meant for the user; None for one that no disk is to blame for."""
    if error.errno not in MENDS:
        return None
    name: str | None = error.filename
    room = _room(name) if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
    return StorageError(f"{name or 'a file'}: {error.strerror}{room}; {MENDS[error.errno]}")


def _room(name: str | None) -> str:
    """How much is free where the file is."""
    there = next((path for path in (Path(name), *Path(name).parents) if path.exists()), None) if name else None
    return f" ({shutil.disk_usage(there).free / 1e6:,.1f} MB are free there)" if there else ""
