"""The summary of a run that did not come to its end: what stands, what failed and why, and how to go on."""

from collections.abc import Sequence

from nyay_lib.reports.logs import fenced
from nyay_lib.reports.page import Page, quote
from nyay_lib.reports.stages import Stage, diagram, stage_rows, stages_grid

LONGEST_REASON, LONGEST_GIST = 8_000, 300


def unfinished_page(run_id: str | None, ended: str, why: str, stages: Sequence[Stage], command: str) -> Page:
    """``ended`` says how in one word; ``command`` takes the run up again."""
    stopped = next((stage for stage in stages if stage.became in ("failed", "stopped")), None)
    where = f" at {stopped.name}" if stopped else ""
    gist = f"{ended}{where}: {' '.join(why.split())[:LONGEST_GIST] or 'no reason was given'}"
    text = [
        f"# Run {run_id}: {ended}{where}" if run_id else f"# The run {ended}{where}",
        quote(why, LONGEST_REASON),
        diagram(stages),
        stages_grid(stages),
        "## How to go on",
        _going_on(stages),
        fenced(command),
    ]
    return Page("\n\n".join(text), stage_rows(stages), gist)


def _going_on(stages: Sequence[Stage]) -> str:
    stands = [stage.name for stage in stages if stage.became in ("done", "reused") and stage.name != "preflight"]
    kept = f"What stands is used again: {', '.join(stands)}." if stands else "Nothing has been made yet."
    failed = any(stage.became == "failed" for stage in stages)
    return f"{kept} {'Mend what failed, then:' if failed else 'To go on where it stopped:'}"
