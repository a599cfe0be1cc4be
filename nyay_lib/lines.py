"""Lines that are added one at a time and survive a kill: a whole line counts, a torn last one was never written."""

import json
import os
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from nyay_lib.errors import DamagedError
from nyay_lib.files import sync_folder

Line = dict[str, Any]


def read_lines(path: Path) -> list[Line]:
    """The whole lines of a file of JSON objects; none where there is no file. Raises DamagedError."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    lines = content[: content.rfind(b"\n") + 1].split(b"\n")[:-1]
    return [_parsed(path, number, line) for number, line in enumerate(lines, 1)]


def whole_lines(path: Path) -> int:
    """Bytes up to the end of the last whole line."""
    return path.read_bytes().rfind(b"\n") + 1


def _parsed(path: Path, number: int, line: bytes) -> Line:
    try:
        if isinstance(value := json.loads(line), dict):
            return cast("Line", value)
    except (ValueError, RecursionError):
        pass
    raise DamagedError(f"{path}:{number}: is no JSON object: {line[:40]!r}; remove the file and run again")


def json_line(line: Line) -> str:
    """An object as one line of a file."""
    return json.dumps(line, ensure_ascii=False) + "\n"


@contextmanager
def appending(path: Path) -> Generator[Callable[[Iterable[Line]], None]]:
    """Give a function that adds lines; when it returns they are on the disk. A torn last line is removed first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.truncate(whole_lines(path))
        sync_folder(path.parent)

        def append(lines: Iterable[Line]) -> None:
            file.write("".join(map(json_line, lines)).encode())
            file.flush()
            os.fsync(file.fileno())

        yield append
