"""What the child processes of a step left behind: their logs and events, as much of their ends as a page holds."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nyay_lib.redaction import redacted

# All of a page; an artifact takes about a megabyte, and a reader much less.
PAGE_BYTES = 150_000
FILES = ("engine.log", "rank-*.log", "events.jsonl")
ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|.)")
# Those of a terminal, and those that turn the direction of reading.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of a file, without secrets or orders to a terminal; ``shown`` and ``size`` in bytes."""

    path: Path
    text: str
    shown: int
    size: int


def read_tails(step: Path, since: float) -> list[Tail]:
    """Logs and events of the children in a step's folder that began after ``since`` (seconds of the clock)."""
    jobs = [job for job in step.rglob("job.json") if job.stat().st_mtime >= since]
    folders = [job.parent for job in sorted(jobs, key=lambda job: job.stat().st_mtime)]
    files = [path for folder in folders for name in FILES for path in sorted(folder.glob(name))]
    return [tail(path, PAGE_BYTES // len(files)) for path in files]


def tail(path: Path, most: int) -> Tail:
    """The last whole lines of a file that are at most so many bytes."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - most))
        content = file.read(most)
    if size > most:
        content = content.partition(b"\n")[2] or content
    return Tail(path, redacted(readable(content.decode(errors="replace"))), len(content), size)


def readable(text: str) -> str:
    """Text as a terminal leaves it: of a line that was written over only the last state, and no orders."""
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in ESCAPES.sub("", text).split("\n"))
    return CONTROL.sub("", "\n".join(lines)).strip("\n")


def sizes(tails: Sequence[Tail]) -> tuple[int, int]:
    """Bytes that are shown, and that there are."""
    return sum(one.shown for one in tails), sum(one.size for one in tails)
