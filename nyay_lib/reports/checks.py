"""The page of the preflight."""

from collections.abc import Sequence

from nyay_lib.preflight import Check
from nyay_lib.reports.page import Cell, Page, grid


def preflight_page(checks: Sequence[Check]) -> Page:
    """Each check with what was measured, what is needed, and how to mend it; those that failed first."""
    ordered = sorted(checks, key=lambda check: check.ok)
    rows: list[dict[str, Cell]] = [
        {"check": c.name, "ok": c.ok, "measured": c.measured, "needed": c.needed, "mend": c.mend} for c in ordered
    ]
    failed = sum(not check.ok for check in checks)
    gist = f"{failed} of {len(checks)} checks failed" if failed else f"all {len(checks)} checks hold"
    refused = "**The run cannot start: nothing was made. Mend what failed, and start it again.**" if failed else ""
    return Page("\n\n".join(part for part in ("# Preflight", refused, grid(rows)) if part), rows, gist)
