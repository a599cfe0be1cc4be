"""The page of what a step's child processes wrote."""

import re
from collections.abc import Sequence
from pathlib import Path

from nyay_lib.child_logs import Tail, sizes
from nyay_lib.reports.page import Cell, Page, size

FENCE = re.compile("`{3,}")


def log_page(step: str, run: Path, tails: Sequence[Tail]) -> Page:
    """The ends of logs and events, the newest process last, each with the path of the whole file."""
    rows: list[dict[str, Cell]] = [{"file": str(one.path), "bytes": one.size} for one in tails]
    shown, all_of_it = sizes(tails)
    gist = f"what its processes wrote, {_told(shown, all_of_it)}"
    return Page("\n\n".join([f"# Log of {step}", *(_part(run, one) for one in tails)]), rows, gist)


def _part(run: Path, one: Tail) -> str:
    where = f"## {one.path.relative_to(run)}\n\nThe whole file is `{one.path}`: {_told(one.shown, one.size)}."
    return f"{where}\n\n{fenced(one.text)}" if one.text else f"{where} Nothing was written."


def _told(shown: int, there_are: int) -> str:
    return size(there_are) if shown == there_are else f"the last {size(shown)} of {size(there_are)}"


def fenced(text: str) -> str:
    """Text as it is, whatever marks it holds."""
    marks = "`" * (max((len(found) for found in FENCE.findall(text)), default=2) + 1)
    return f"{marks}text\n{text}\n{marks}"
