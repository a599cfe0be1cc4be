"""``python -m tests.chaos``: every step against every fault; exits with 1 if a cell failed. Example: make chaos"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from datetime import UTC, datetime
from multiprocessing.util import Finalize
from pathlib import Path

from tests.chaos.cells import Cell, attempt, names
from tests.chaos.lab import Lab, open_lab
from tests.chaos.steps import STEPS
from tests.chaos.table import write_table


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--step", action="append", help="only this row; may be given several times")
    parser.add_argument("--fault", action="append", help="only this column; may be given several times")
    parser.add_argument("--third", action="store_true", help="only a third of the cells, another one each day")
    parser.add_argument("--labs", type=int, default=2, help="how many are tried at a time, each in a lab of its own")
    parser.add_argument("--write", type=Path, help="page whose table is written anew")
    chosen = parser.parse_args()
    cells = [(s.name, f) for s, f in names() if s.name in (chosen.step or [s.name]) and f in (chosen.fault or [f])]
    if chosen.third:
        third = datetime.now(UTC).timetuple().tm_yday % 3
        cells = cells[third::3]
        print(f"third {third + 1} of 3, by the day of the year: {len(cells)} cells", flush=True)
    start, tried = time.monotonic(), dict[tuple[str, str], Cell]()
    for cell, seconds in attempts(cells, min(chosen.labs, len(cells))):
        tried[cell.step, cell.fault] = cell
        told = "ok" if cell.passed else f"-- {cell.reason}" if cell.reason else "FAILED"
        print(f"{cell.step:12} {cell.fault:18} {seconds:5.1f} s  {told}  {cell.words}", flush=True)
        for fault in cell.faults:
            print(f"    {fault}", flush=True)
    if chosen.write:
        write_table(chosen.write, [tried[name] for name in cells], time.monotonic() - start)
    counted = [cell for cell in tried.values() if cell.is_tried]
    passed = sum(cell.passed for cell in counted)
    print(f"{len(counted)} cells tried, {passed} passed, {len(tried) - len(counted)} make no sense")
    return 0 if passed == len(counted) else 1


def attempts(cells: list[tuple[str, str]], labs: int) -> Iterator[tuple[Cell, float]]:
    """Try the cells, ``labs`` at a time, as they come to their end; each with its seconds."""
    with ProcessPoolExecutor(labs, multiprocessing.get_context("spawn"), _open) as pool:
        for done in as_completed([pool.submit(_attempt, *cell) for cell in cells]):
            yield done.result()


_labs: list[Lab] = []


def _open() -> None:
    """A lab of this process, gone when it ends: of a pool's process the interpreter runs no other handler."""
    start = time.monotonic()
    folder = tempfile.TemporaryDirectory(prefix="nyay-chaos-", ignore_cleanup_errors=True)
    Finalize(None, folder.cleanup, exitpriority=1)
    lab = open_lab(Path(folder.name))
    _labs.append(lab.__enter__())
    Finalize(None, lab.__exit__, (None, None, None), exitpriority=2)
    print(f"an undisturbed run took {time.monotonic() - start:.0f} s", flush=True)


def _attempt(step: str, fault: str) -> tuple[Cell, float]:
    start = time.monotonic()
    cell = attempt(_labs[0], next(one for one in STEPS if one.name == step), fault)
    return cell, time.monotonic() - start


if __name__ == "__main__":
    sys.exit(main())
