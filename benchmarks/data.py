"""How long, and in how much memory, are court records checked, deduplicated and token-counted?

8,000 generated records with a mean of 3,000 words and all kinds of planted faults, then ten times as many. Each
measurement is a process of its own; what the generator takes is told apart. Needs 2 GB of disk in the temporary folder.

python benchmarks/data.py
"""

import argparse
import importlib
import importlib.util
import itertools
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

from nyay_lib.base_model.embedded import make_embedded
from nyay_lib.base_model.tokenizer import load_tokenizer
from nyay_lib.config import PipelineConfig
from nyay_lib.data.leaks import leaks_between
from nyay_lib.data.near_duplicates import InputIndex
from nyay_lib.data.records import Record, read_records
from nyay_lib.data.token_counts import token_counts

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
    parser.add_argument("--alone", type=Path, nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.alone:
        print(json.dumps(alone(*given.alone)))
        return
    with tempfile.TemporaryDirectory(prefix="nyay-benchmark-") as name:
        print(json.dumps(figures(Path(name), given.rows, given.mean_words)))


def figures(folder: Path, rows: int, mean_words: int) -> dict[str, Any]:
    """Both sizes measured, the smaller one REPEATS times."""
    small, large = folder / "small", folder / "large"
    generating = [generate(small, rows, mean_words), generate(large, rows * TIMES, mean_words)]
    runs = [measure(command(small, folder)) for _ in range(REPEATS)]
    once = measure(command(large, folder))
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
        "records": [rows, rows * TIMES],
        "megabytes": round(size / 1e6, 1),
        "repeats": [REPEATS, 1],
        "spread": round((max(run.seconds for run in runs) - min(run.seconds for run in runs)) / seconds, 3),
        "seconds_generating": [round(seconds, 1) for seconds in generating],
        "checked": has_checks(),
        "cores": os.cpu_count(),
        "found": {name: value for name, value in runs[0].printed.items() if name != "leaks"},
    }


def generate(folder: Path, rows: int, mean_words: int) -> float:
    """Write the files, and say how many seconds it took."""
    start = time.monotonic()
    script = [sys.executable, str(ROOT / "data/sample/generate.py"), str(folder), "--faults", "all"]
    options = ["--rows", str(rows), "--mean-words", str(mean_words)]
    subprocess.run([*script, *options], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    return time.monotonic() - start


def has_checks() -> bool:
    """Whether rows can be checked; without it reading, likeness and counting alone are measured."""
    return importlib.util.find_spec("nyay_lib.data.inspection") is not None


def command(folder: Path, shared: Path) -> list[str]:
    """What is measured: this file, for one pair of files and a tokenizer that is made once."""
    model = shared / "model"
    if not model.exists():
        make_embedded(model)
    return [sys.executable, __file__, "--alone", str(folder), str(model)]


def measure(command: list[str]) -> Measured:
    """Run a command to its end; its memory is that of all its processes together."""
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


def alone(folder: Path, model: Path) -> dict[str, Any]:
    """Check, compare and count one pair of files in this process."""
    files = [folder / file for file in FILES]
    found = checked(files) if has_checks() else compared(files)
    return found | {"tokens": sum(token_counts(load_tokenizer(model), texts(files)))}


def checked(files: list[Path]) -> dict[str, Any]:
    """What `nyay data check` finds, near-duplicates and leaks among it."""
    inspection = importlib.import_module("nyay_lib.data.inspection")
    return inspection.inspect(files, PipelineConfig()).summary


def compared(files: list[Path]) -> dict[str, Any]:
    """Near-duplicates and leaks, as long as there is nothing to check with."""
    index = InputIndex()
    starts: list[int] = []
    for file in files:
        starts.append(len(index.rows))
        index.add_file(file)
    found, rows = index.find(), len(index.rows)
    training, validation = range(starts[1]), range(starts[1], rows)
    repeats = itertools.chain(found.repeats(training), found.repeats(validation))
    return {
        "rows": sum(1 for file in files for _ in file.open("rb")),
        "near_duplicate": sum(1 for _ in repeats),
        "leaking_pairs": leaks_between(found, training, validation).certificate().pairs,
    }


def texts(files: list[Path]) -> Iterator[str]:
    """All texts of the records, as they come."""
    for file in files:
        for record in read_records(file):
            if isinstance(record, Record):
                yield from (record.instruction, record.input, record.output)


if __name__ == "__main__":
    main()
