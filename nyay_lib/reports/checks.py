"""The page of the preflight."""

from nyay_lib.preflight import Preflight
from nyay_lib.reports.page import Cell, Page, grid


def preflight_page(preflight: Preflight) -> Page:
    """Each check with what was measured, what is needed, and how to mend it."""
    rows: list[dict[str, Cell]] = [
        {"check": c.name, "ok": c.ok, "measured": c.measured, "needed": c.needed, "mend": c.mend}
        for c in preflight.checks
    ]
    held = sum(check.ok for check in preflight.checks)
    return Page(f"# Preflight\n\n{grid(rows)}", rows, f"{held} of {len(preflight.checks)} checks hold")
