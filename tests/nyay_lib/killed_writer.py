"""A writer that is killed at each of its calls to the operating system: ``python killed_writer.py WORK BEFORE FOLDER``.

FOLDER gets a folder for each moment, prepared with BEFORE (``old`` or nothing) and left as the kill left it. A process
of its own, since one with threads must not fork.
"""

import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from nyay_lib.files import remove_folder, replacing_folder, write_text

# Everything that a writer changes on the disk goes through one of these.
CALLS = ("mkdir", "open", "fsync", "rename", "replace", "unlink", "rmdir", "chmod")


def write_folder(path: Path, text: str) -> None:
    with replacing_folder(path) as folder:
        (folder / "inside").mkdir()
        for name in ("a.txt", "inside/b.txt"):
            (folder / name).write_text(text)


def remove(path: Path, _: str) -> None:
    remove_folder(path)


def killed_at(number: int, work: Callable[[], None]) -> bool:
    """Do ``work`` in a process that is killed at its ``number``-th call; whether it came to that."""
    child = os.fork()
    if child == 0:
        count = iter(range(number))

        def counted(call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
            if next(count, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **options)

        for name in CALLS:
            setattr(os, name, partial(counted, getattr(os, name)))
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


WORKS = {"write_text": (write_text, write_text), "write_folder": (write_folder, write_folder)}
WORKS["remove"] = (write_folder, remove)


def main(name: str, before: str, folder: Path) -> None:
    prepare, work = WORKS[name]
    for number in range(1000):
        place = folder / f"{number:03}"
        place.mkdir()
        if before:
            prepare(place / "it", before)
        if not killed_at(number, lambda: work(place / "it", "new")):  # noqa: B023
            return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
