"""The matrix as a table between two markers of a page."""

from collections.abc import Sequence
from pathlib import Path

from nyay_lib.files import write_text
from tests.chaos.cells import Cell
from tests.chaos.faults import FAULTS

BEGIN, END = "<!-- matrix: begin -->", "<!-- matrix: end -->"


def write_table(page: Path, cells: Sequence[Cell], seconds: float) -> None:
    """Put the table of ``cells`` in the place of the one that is there."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    write_text(page, f"{before}{BEGIN}\n{table(cells, seconds)}\n{END}{rest.partition(END)[2]}")


def table(cells: Sequence[Cell], seconds: float) -> str:
    rows = {
        step: {cell.fault: cell for cell in cells if cell.step == step} for step in dict.fromkeys(c.step for c in cells)
    }
    reasons = list(dict.fromkeys(cell.reason for cell in cells if cell.reason))
    lines = [f"| step | {' | '.join(FAULTS)} |", f"|---{'|---' * len(FAULTS)}|"]
    lines += [
        f"| {step} | {' | '.join(_mark(row.get(fault), reasons) for fault in FAULTS)} |" for step, row in rows.items()
    ]
    tried = [cell for cell in cells if cell.is_tried]
    summary = f"{len(tried)} cells tried, {sum(cell.passed for cell in tried)} passed, in {seconds / 60:.0f} minutes."
    notes = [f"{number}. {reason}" for number, reason in enumerate(reasons, 1)]
    return "\n".join(["", summary, "", *lines, "", "No cell where there is a number:", "", *notes, ""])


def _mark(cell: Cell | None, reasons: list[str]) -> str:
    if cell is None:
        return "not run"
    return f"({reasons.index(cell.reason) + 1})" if cell.reason else "pass" if cell.passed else "**FAIL**"
