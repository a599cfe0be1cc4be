"""Files of new records as they arrive: taken whole or left to wait, and each content taken once.

A file is taken when it has been left alone for QUIET_SECONDS, or an empty file ``NAME.done`` beside it says that it is
complete, and if it stays the same while it is copied and ends with a whole line. What is taken lies in a folder of its
own, named by the order of arrival and the digest of the content, so that the file that arrived may be removed, and the
same content under another name is known.
"""

import gzip
import json
import shutil
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from nyay_lib.data.inspection import SUFFIXES
from nyay_lib.data.records import MAX_LINE_BYTES
from nyay_lib.errors import DataError
from nyay_lib.files import CHUNK_BYTES, digest_file, replacing_folder

QUIET_SECONDS = 2.0
DIGITS = 16


@dataclass(frozen=True, slots=True)
class Taken:
    """A file of records that was taken: its name when it arrived, its digest, and where the copy lies."""

    name: str
    digest: str
    path: Path


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that was not taken, and why."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


def arrived(incoming: Path) -> list[Path]:
    """The files of records in the folder, by name; hidden ones and those of other kinds are no records."""
    if not incoming.is_dir():
        return []
    found = (path for path in incoming.iterdir() if path.name.endswith(SUFFIXES) and not path.name.startswith("."))
    return sorted(path for path in found if path.is_file())


def taken(sources: Path) -> list[Taken]:
    """Everything that was taken, in the order of arrival."""
    folders = sorted(path for path in sources.glob("[0-9]*-*") if path.is_dir())
    return [Taken(path.name, folder.name.partition("-")[2], path) for folder in folders for path in folder.iterdir()]


def take(incoming: Path, sources: Path) -> list[Waiting]:
    """Copy what is new and whole to ``sources``; says what has to wait. One taker at a time.

    Raises DataError if a file cannot be read or there is no room for the copy.
    """
    paths = arrived(incoming)
    known = {file.digest for file in taken(sources)}
    quiet = _settled(paths)
    waiting: list[Waiting] = []
    for path in paths:
        try:
            reason = None if path in quiet else "it is still being written; it is taken when it stays as it is"
            reason = reason or _take(path, sources, known)
        except OSError as error:
            raise DataError(f"{path}: cannot be taken: {error}") from error
        if reason:
            waiting.append(Waiting(path.name, reason))
    return waiting


def _settled(paths: list[Path]) -> set[Path]:
    """The files that nobody wrote to for QUIET_SECONDS, waiting that long at most, or that are marked as done."""
    before = {path: _stamp(path) for path in paths}
    unmarked = (path for path in paths if not path.with_name(f"{path.name}.done").exists())
    age = min((time.time() - path.stat().st_mtime for path in unmarked), default=QUIET_SECONDS)
    if 0 <= age < QUIET_SECONDS:
        time.sleep(QUIET_SECONDS - age)
    return {path for path in paths if path.exists() and _stamp(path) == before[path]}


def _stamp(path: Path) -> tuple[int, int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ino


def _take(path: Path, sources: Path, known: set[str]) -> str | None:
    """Copy one file unless its content is known; the reason if it must wait."""
    stamp, digest = _stamp(path), digest_file(path)[:DIGITS]
    if digest in known:
        return None
    if reason := unfinished(path):
        return reason
    with replacing_folder(sources / f"{_next(sources):06}-{digest}") as folder:
        copy = Path(shutil.copyfile(path, folder / path.name))
        if _stamp(path) != stamp or digest_file(copy)[:DIGITS] != digest:
            raise DataError(f"{path}: was written to while it was taken; run again when it stays as it is")
    known.add(digest)
    return None


def _next(sources: Path) -> int:
    return max((int(folder.name.partition("-")[0]) for folder in sources.glob("[0-9]*-*")), default=0) + 1


def unfinished(path: Path) -> str | None:
    """Why a file is not whole: it is empty, its last line is half a record, or its compressed stream breaks off."""
    last, some = b"", False
    try:
        for chunk in _chunks(path):
            some, last = True, chunk if b"\n" in chunk else last + chunk
            last = last.rpartition(b"\n")[2][: MAX_LINE_BYTES + 1]
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        return f"it is not whole ({error}); it is taken when it is"
    if not some:
        return "it is empty"
    return None if _is_whole(last) else "its last line is half a record; finish the file, or end the line, to have it"


def _chunks(path: Path) -> Iterator[bytes]:
    file: BinaryIO | gzip.GzipFile
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _is_whole(last: bytes) -> bool:
    """Whether what stands behind the last line break is nothing, or a record to its end, or no record at all."""
    if not last.strip() or len(last) > MAX_LINE_BYTES:
        return True
    try:
        json.loads(last)
    except (ValueError, RecursionError):
        return False
    return True
