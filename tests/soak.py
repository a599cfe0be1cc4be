"""``python -m tests.soak``: runs of the tiny profile, one after another, under one `nyay up`; do its parts grow?

Prints a line a run, a table, and one JSON object as its last line. Example: make soak
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from nyay_lib.disk_use import size_of
from tests.e2e.workspace import Workspace

MIB = 1 << 20
NOBODY = "127.0.0.1:9"


@dataclass(frozen=True, slots=True)
class Figures:
    """After a run: memory and open files of `nyay up` with server and worker, MiB of database, runs and cache."""

    run: int
    seconds: float
    memory_mib: float
    handles: int
    processes: int
    database_mib: float
    runs_mib: float
    cache_mib: float
    merged_models: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    with tempfile.TemporaryDirectory(prefix="nyay-soak-") as folder:
        found = list(soak(Workspace.make(Path(folder), OLLAMA_HOST=NOBODY), parser.parse_args().runs))
    print(table(found))
    print(json.dumps({"runs": [asdict(one) for one in found], **growth(found)}))


def soak(workspace: Workspace, runs: int) -> Iterator[Figures]:
    """Run after run, each in a folder of its own."""
    with workspace.up():
        for number in range(1, runs + 1):
            start = time.monotonic()
            ended = workspace.end_of(workspace.start(f"soak-{number:02}"))
            assert ended.is_completed(), ended.message
            figures = measured(workspace, number, time.monotonic() - start)
            print(json.dumps(asdict(figures)), flush=True)
            yield figures


def measured(workspace: Workspace, number: int, seconds: float) -> Figures:
    parts = [process for process in workspace.processes() if process.pid != os.getpid()]
    database = sum(path.stat().st_size for path in (workspace.folder / ".prefect").glob("prefect.db*"))
    return Figures(
        run=number,
        seconds=round(seconds, 1),
        memory_mib=round(sum(process.memory_info().rss for process in parts) / MIB, 1),
        handles=sum(process.num_fds() for process in parts),
        processes=len(parts),
        database_mib=round(database / MIB, 2),
        runs_mib=round(size_of(workspace.folder / "runs") / MIB, 2),
        cache_mib=round(size_of(workspace.folder / "cache") / MIB, 2),
        merged_models=len(list(workspace.folder.glob("runs/*/merged"))),
    )


def growth(found: list[Figures]) -> dict[str, float]:
    """What a run added on the average of the last half."""
    half = found[len(found) // 2 :]
    steps = max(1, len(half) - 1)
    names = ("memory_mib", "handles", "database_mib", "runs_mib", "cache_mib")
    return {f"{name} a run": round((getattr(half[-1], name) - getattr(half[0], name)) / steps, 3) for name in names}


def table(found: list[Figures]) -> str:
    names = list(asdict(found[0]))
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    return "\n".join([*lines, *(f"| {' | '.join(map(str, asdict(one).values()))} |" for one in found)])


if __name__ == "__main__":
    try:
        main()
    except psutil.Error as error:
        raise SystemExit(f"a part of nyay up ended: {error}") from error
