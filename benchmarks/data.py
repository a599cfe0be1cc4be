"""How long, and in how much memory, are court records checked, deduplicated and token-counted?

8,000 generated records with a mean of 3,000 words and all kinds of planted faults, then ten times as many, through what
`nyay data check` does: one pass. Each measurement is a process of its own; what the generator takes, some three minutes
in all, is told apart. Needs 2 GB of disk in the temporary folder.

python benchmarks/data.py
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from nyay_lib.config import PipelineConfig
from nyay_lib.data.inspection import inspect

ROOT = Path(__file__).resolve().parents[1]
FILES = ("train.jsonl", "val.jsonl")
ROWS = 8_000
TIMES = 10
MEAN_WORDS = 3_000
REPEATS = 3
MIB = 1 << 20


class Measured(NamedTuple):
    """Wall time in seconds, peak memory in bytes, and what the process printed last."""

    seconds: float
    peak: int
    printed: Any


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS, help="of the smaller file pair")
    parser.add_argument("--mean-words", type=int, default=MEAN_WORDS)
    parser.add_argument("--repeats", type=int, default=REPEATS, help="of the smaller file pair")
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        print(json.dumps(alone(given.alone)))
        return
    with tempfile.TemporaryDirectory(prefix="nyay-benchmark-") as name:
        print(json.dumps(figures(Path(name), given.rows, given.mean_words, given.repeats)))


def figures(folder: Path, rows: int, mean_words: int, repeats: int) -> dict[str, Any]:
    """Both sizes measured, the smaller one ``repeats`` times."""
    small, large = folder / "small", folder / "large"
    generating = [generate(small, rows, mean_words), generate(large, rows * TIMES, mean_words)]
    runs = [measure(small) for _ in range(repeats)]
    once = measure(large)
    seconds, peak = statistics.median(run.seconds for run in runs), statistics.median(run.peak for run in runs)
    size = sum((small / file).stat().st_size for file in FILES)
    for run, expected in ((runs[0], rows), (once, rows * TIMES)):
        if run.printed["rows"] != expected:
            raise SystemExit(f"{run.printed['rows']} rows were read, not {expected}")
    return {
        "seconds_8000": round(seconds, 2),
        "peak_mib_8000": round(peak / MIB, 1),
        "time_growth": round(once.seconds / seconds, 2),
        "memory_growth": round(once.peak / peak, 3),
        "seconds_80000": round(once.seconds, 2),
        "peak_mib_80000": round(once.peak / MIB, 1),
        "records_per_second": round(rows / seconds, 1),
        "megabytes_per_second": round(size / seconds / 1e6, 2),
        "tokens_per_second": round(runs[0].printed["tokens"] / seconds),
        "records": [rows, rows * TIMES],
        "megabytes": round(size / 1e6, 1),
        "repeats": [repeats, 1],
        "spread": round((max(run.seconds for run in runs) - min(run.seconds for run in runs)) / seconds, 3),
        "seconds_generating": [round(seconds, 1) for seconds in generating],
        "cores": os.cpu_count(),
        "found": runs[0].printed,
    }


def generate(folder: Path, rows: int, mean_words: int) -> float:
    """Write the files, and say how many seconds it took."""
    start = time.monotonic()
    script = [sys.executable, str(ROOT / "data/sample/generate.py"), str(folder), "--faults", "all"]
    options = ["--rows", str(rows), "--mean-words", str(mean_words)]
    subprocess.run([*script, *options], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    return time.monotonic() - start


def measure(folder: Path) -> Measured:
    """Inspect a pair of files in a process of its own; its memory is that of all its processes together."""
    command = [sys.executable, __file__, "--alone", str(folder)]
    with tempfile.TemporaryFile() as printed:
        start = time.monotonic()
        process = subprocess.Popen(command, stdout=printed, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)})
        peak = max(watched(process.pid))
        seconds = time.monotonic() - start
        if process.wait():
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
        printed.seek(0)
        return Measured(seconds, peak, json.loads(printed.read().decode().splitlines()[-1]))


def watched(pid: int) -> Iterator[int]:
    """The resident bytes of a process and its children, twenty times a second until it ends."""
    process = psutil.Process(pid)
    yield 0
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        try:
            yield sum(member.memory_info().rss for member in (process, *process.children(recursive=True)))
        except psutil.NoSuchProcess:
            continue
        time.sleep(0.05)


def alone(folder: Path) -> dict[str, Any]:
    """What `nyay data check` finds, the leaks as a number."""
    summary = inspect([folder / file for file in FILES], PipelineConfig()).summary
    return summary | {"leaks": len(summary["leaks"])}


if __name__ == "__main__":
    main()
