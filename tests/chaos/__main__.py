"""``python -m tests.chaos``: every step against every fault; exits with 1 if a cell failed. Example: make chaos"""

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.chaos.cells import Cell, names
from tests.chaos.labs import attempts
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


if __name__ == "__main__":
    sys.exit(main())
