"""Files that exist whole or not at all, and their digests.

What is being written has a hidden name beside its own, ``.NAME.XXXXXXXX.partial``, and a lock that the operating system
takes back from a writer that dies: whoever finds such a name unlocked knows that nobody will finish it.
"""

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

CHUNK_BYTES = 1 << 20
PARTIAL, REPLACED = ".partial", ".old"


def digest_bytes(data: bytes) -> str:
    """SHA-256 of ``data`` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digest_file(path: Path) -> str:
    """SHA-256 of a file's content in hexadecimal, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_value(value: Any) -> str:
    """SHA-256 of a JSON value in its canonical writing: sorted keys, no blanks."""
    return digest_bytes(json.dumps(value, sort_keys=True, separators=(",", ":"), default=str).encode())


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable, where the platform can."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _sync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Make the content of ``path`` durable."""
    with path.open("rb") as file:
        _sync(file.fileno())


def _sync(descriptor: int) -> None:
    """Onto the medium: on macOS fsync alone ends in the drive's cache."""
    if sys.platform == "darwin":
        with suppress(OSError):  # not every file system knows it
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def write_text(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` so that a reader sees the old file or the new one, never a part."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, value: Any) -> None:
    """Write a JSON value, indented, whole or not at all."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


@contextmanager
def replacing(path: Path) -> Generator[Path]:
    """Give a temporary path beside ``path``; on success it is synced and takes its name, else it is removed."""
    with _temporary(path, folder=False) as temporary:
        yield temporary
        temporary.chmod(0o644)
        sync_file(temporary)
        temporary.replace(path)
        sync_folder(path.parent)


@contextmanager
def replacing_folder(path: Path) -> Generator[Path]:
    """The same for a folder: filled under a temporary name, synced, then renamed.

    A folder that stands at ``path`` already is moved aside first, and back if the new one cannot take its name; between
    the two renames there is none, which ``clear_leftovers`` mends after a kill.
    """
    with _temporary(path, folder=True) as temporary:
        temporary.chmod(0o755)
        yield temporary
        for inside in (*temporary.rglob("*"), temporary):
            sync_folder(inside) if inside.is_dir() else sync_file(inside)
        old = temporary.with_suffix(REPLACED)
        try:
            with suppress(FileNotFoundError):
                path.rename(old)
            temporary.rename(path)
        except BaseException:
            if not path.exists():
                with suppress(FileNotFoundError):
                    old.rename(path)
            raise
        sync_folder(path.parent)
        shutil.rmtree(old, ignore_errors=True)


def remove_folder(path: Path) -> None:
    """Remove a folder so that nobody ever sees a part of it under its name."""
    doomed = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PARTIAL}")
    path.rename(doomed)
    shutil.rmtree(doomed, ignore_errors=True)


def clear_leftovers(folder: Path) -> list[Path]:
    """Remove what killed writers left directly in ``folder``; returns the names that are gone.

    A folder that one of them had moved aside is whole beside its whole successor: the successor takes the name. What
    a living writer is at work on is left alone.
    """
    cleared: list[Path] = []
    for partial in folder.glob(f".*{PARTIAL}"):
        with _lock(partial, wait=False) as dead:
            if dead:
                _finish_or_remove(partial)
                cleared.append(partial)
    for old in folder.glob(f".*{REPLACED}"):
        if not old.with_suffix(PARTIAL).exists():
            shutil.rmtree(old, ignore_errors=True)
            cleared.append(old)
    return cleared


def _finish_or_remove(partial: Path) -> None:
    path = partial.with_name(partial.name[1:].rsplit(".", 2)[0])
    if partial.with_suffix(REPLACED).exists() and not path.exists():
        partial.rename(path)
        sync_folder(path.parent)
    elif partial.is_dir():
        shutil.rmtree(partial, ignore_errors=True)
    else:
        partial.unlink(missing_ok=True)


@contextmanager
def _temporary(path: Path, *, folder: bool) -> Generator[Path]:
    """A new file or folder beside ``path``, locked; whatever is left under its name at the end is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        temporary = _new(path, folder=folder)
        with _lock(temporary, wait=True):
            if not temporary.exists():
                continue  # taken for a leftover in the moment before it was locked
            try:
                yield temporary
            except OSError as error:
                # A write that fails does not say to which file.
                if error.errno is not None:
                    error.filename = error.filename or str(path)
                raise
            finally:
                shutil.rmtree(temporary, ignore_errors=True) if folder else temporary.unlink(missing_ok=True)
            return


def _new(path: Path, *, folder: bool) -> Path:
    if folder:
        return Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}.", suffix=PARTIAL))
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=PARTIAL)
    os.close(descriptor)
    return Path(name)


@contextmanager
def _lock(path: Path, *, wait: bool) -> Generator[bool]:
    """Hold the lock of a file or folder; whether it could be had. On a file system without locks nobody has it."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield False
        return
    try:
        yield _taken(descriptor, wait)
    finally:
        os.close(descriptor)


def _taken(descriptor: int, wait: bool) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True
