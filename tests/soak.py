"""``python -m tests.soak``: runs of the tiny profile, one after another, under one `nyay up`; do its parts grow?

Then these flow runs are old enough to go, as after `retention.flow_run_days`: what is given back? A line for each
run, a table, and one JSON object as its last line. Example: make soak
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from flows.access import Access
from flows.housekeeping import remove_flow_runs
from nyay_lib.config import PathsConfig, PipelineConfig, RetentionConfig
from nyay_lib.disk_use import size_of
from tests.e2e.workspace import Workspace, wait_until

MIB = 1 << 20
NOBODY = "127.0.0.1:9"
# The words by which the command line of each part is known.
PARTS = {"server": "prefect server start", "worker": "prefect worker start", "up": "flows.cli up"}
SETTLE_SECONDS = 300  # a tick of watch-court-data may be at work


@dataclass(frozen=True, slots=True)
class Figures:
    """After a run: MiB of memory of each part of `nyay up`, their open files, MiB of database, runs and cache."""

    run: int
    seconds: float
    server_mib: float
    worker_mib: float
    up_mib: float
    handles: int
    database_mib: float
    runs_mib: float
    cache_mib: float
    merged_models: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--runs", type=int, default=20)
    with tempfile.TemporaryDirectory(prefix="nyay-soak-") as folder:
        workspace = Workspace.make(Path(folder), OLLAMA_HOST=NOBODY)
        with workspace.up():
            found = list(soak(workspace, parser.parse_args().runs))
            full, removed = database_mib(workspace), forget(workspace)
        with workspace.up():  # which gives back to the disk what was deleted
            kept = {"flow_runs_removed": removed, "database_mib_before": full, "after": database_mib(workspace)}
    print(table(found))
    print(json.dumps({"runs": [asdict(one) for one in found], **growth(found), "retention": kept}))


def soak(workspace: Workspace, runs: int) -> Iterator[Figures]:
    """Run after run, each in a folder of its own."""
    for number in range(1, runs + 1):
        start = time.monotonic()
        ended = workspace.end_of(workspace.start(f"soak-{number:02}"))
        assert ended.is_completed(), ended.message
        figures = measured(workspace, number, time.monotonic() - start)
        print(json.dumps(asdict(figures)), flush=True)
        yield figures


def measured(workspace: Workspace, number: int, seconds: float) -> Figures:
    """What there is once the flow's own process has gone."""
    wait_until(lambda: len(workspace.processes()) == len(PARTS), SETTLE_SECONDS)
    parts = parts_of(workspace.processes())
    return Figures(
        run=number,
        seconds=round(seconds, 1),
        **{f"{name}_mib": round(process.memory_info().rss / MIB, 1) for name, process in parts.items()},
        handles=sum(process.num_fds() for process in parts.values()),
        database_mib=database_mib(workspace),
        runs_mib=round(size_of(workspace.folder / "runs") / MIB, 2),
        cache_mib=round(size_of(workspace.folder / "cache") / MIB, 2),
        merged_models=len(list(workspace.folder.glob("runs/*/merged"))),
    )


def parts_of(processes: Sequence[psutil.Process]) -> dict[str, psutil.Process]:
    """The process of each part of `nyay up`."""
    commands = [(process, " ".join(process.cmdline())) for process in processes]
    return {name: next(process for process, command in commands if words in command) for name, words in PARTS.items()}


def database_mib(workspace: Workspace) -> float:
    return round(sum(path.stat().st_size for path in (workspace.folder / ".prefect").glob("prefect.db*")) / MIB, 2)


def forget(workspace: Workspace) -> int:
    """Remove the flow runs as housekeeping does when they are old; those of production and its predecessor stay."""
    rule = RetentionConfig.model_construct(flow_run_days=0, tick_days=0)
    paths = PathsConfig(models=workspace.folder / "models", runs=workspace.folder / "runs")
    config = PipelineConfig(paths=paths).model_copy(update={"retention": rule})
    removed = 0
    while batch := remove_flow_runs(Access(f"{workspace.url}/api"), config):
        removed += batch
    return removed


def growth(found: Sequence[Figures]) -> dict[str, float]:
    """What a run added on the average of the last half."""
    half = found[len(found) // 2 :]
    steps = max(1, len(half) - 1)
    names = ("server_mib", "worker_mib", "up_mib", "handles", "database_mib", "runs_mib", "cache_mib")
    return {f"{name} a run": round((getattr(half[-1], name) - getattr(half[0], name)) / steps, 3) for name in names}


def table(found: Sequence[Figures]) -> str:
    names = list(asdict(found[0]))
    lines = [f"| {' | '.join(names)} |", f"|{'---|' * len(names)}"]
    return "\n".join([*lines, *(f"| {' | '.join(map(str, asdict(one).values()))} |" for one in found)])


if __name__ == "__main__":
    try:
        main()
    except psutil.Error as error:
        raise SystemExit(f"a part of nyay up ended: {error}") from error
