"""The page of the release: the verdict, and where the model went."""

from nyay_lib.evaluation.verdict import Outcome, Verdict
from nyay_lib.registry.release import Release
from nyay_lib.reports.page import Cell, Digest, Page, figure_table, grid
from nyay_lib.reports.steps import how_made


def release_page(release: Release, verdict: Verdict) -> Page:
    facts: dict[str, Cell] = {
        "run": release.run_id,
        "tag": release.tag or "none",
        "registered": release.registered,
        "promoted": release.promoted,
        "replaced": release.replaced or "nothing",
        "sha256": Digest(release.sha256),
    }
    table = figure_table(facts)
    text = [
        "# Release",
        f"**{release.reason}**",
        how_made(release),
        "## Verdict",
        headline(verdict),
        grid(verdict_rows(verdict)),
        "## Facts",
        grid(table),
    ]
    return Page("\n\n".join(text), [*table, *_verdict_table(verdict)], release.reason)


def headline(verdict: Verdict) -> str:
    """The verdict in one sentence."""
    if verdict.passed:
        missed = sum(row.outcome is Outcome.MISSED and not row.required for row in verdict.rows)
        advisory = f" {missed} advisory {'row is' if missed == 1 else 'rows are'} MISSED." if missed else ""
        return f"Every required row passed.{advisory}"
    names = ", ".join(f"{row.name} ({row.outcome})" for row in verdict.blocking)
    return f"Held back by: {names}."


def verdict_rows(verdict: Verdict) -> list[dict[str, Cell]]:
    return [
        {
            "row": row.name,
            "kind": "required" if row.required else "advisory",
            "target": row.target,
            "measured": row.measured,
            "95 % interval": row.interval,
            "outcome": str(row.outcome).upper() if row.required or row.outcome is not Outcome.PASS else "MET",
            "reason": row.reason,
        }
        for row in verdict.rows
    ]


def _verdict_table(verdict: Verdict) -> list[dict[str, Cell]]:
    return [{"figure": row.name, "value": f"{row.outcome}: {row.measured or row.reason}"} for row in verdict.rows]
