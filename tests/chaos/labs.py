"""Several labs at a time, each in a process of its own: a cell waits for processes more than it computes."""

import multiprocessing
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing.util import Finalize
from pathlib import Path

from tests.chaos.cells import Cell, attempt
from tests.chaos.lab import Lab, open_lab
from tests.chaos.steps import STEPS


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
