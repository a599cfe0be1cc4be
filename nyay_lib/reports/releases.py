"""Releases as text for a terminal and as pages: what there is, what served when, a rollback, what verifying found."""

import json
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from nyay_lib.registry.history import Period
from nyay_lib.registry.listing import Listed
from nyay_lib.registry.rollback import Rollback
from nyay_lib.registry.verification import Verification
from nyay_lib.reports.page import Cell, Digest, Page, figures_page

DIGITS = 12


def releases_text(found: Sequence[Listed], zone: ZoneInfo) -> str:
    """A line for each release, the newest first, and below it what held it back."""
    if not found:
        return "nothing has been released yet"
    head = ("run", "state", "verdict", "sha256", "tag", "in production")
    rows = [head, *(_row(one, zone) for one in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    below = [text for one, line in zip(found, lines[1:], strict=True) for text in (line, *_why(one))]
    return "\n".join([lines[0], *below])


def _row(one: Listed, zone: ZoneInfo) -> tuple[str, ...]:
    tag = f"{one.tag or 'none'}{' (removed)' if one.removed else ''}"
    live = ", ".join(f"{_time(span.since, zone)} to {_time(span.until, zone)}" for span in one.live)
    return (one.run_id, one.state, one.verdict, one.sha256[:DIGITS], tag, live or "never")


def _why(one: Listed) -> list[str]:
    waived = [f"    waived: {waiver.row} ({waiver.outcome}): {waiver.reason}" for waiver in one.waivers]
    return [*(f"    {reason}" for reason in one.reasons), *waived]


def live_text(found: Sequence[Period], zone: ZoneInfo) -> str:
    """What served, oldest first, each with its time."""
    return "\n".join(
        f"{period.entry.run_id}  {period.entry.tag or 'not in Ollama'}  sha256 {period.entry.sha256[:DIGITS]}  "
        f"from {_time(period.since, zone)} to {_time(period.until, zone)}"
        for period in found
    )


def live_json(found: Sequence[Period], zone: ZoneInfo) -> str:
    """The same as a JSON list."""
    rows = [
        {
            "run_id": period.entry.run_id,
            "tag": period.entry.tag,
            "sha256": period.entry.sha256,
            "since": period.since.astimezone(zone).isoformat(),
            "until": period.until.astimezone(zone).isoformat() if period.until else None,
        }
        for period in found
    ]
    return json.dumps(rows, indent=2)


def rollback_text(done: Rollback) -> str:
    """What a rollback did, in a line, and what is to be known beside."""
    first = f"{done.run_id} is in production again, {done.replaced} is not: {done.reason} ({done.seconds:.2f} s)"
    return "\n".join([first, *done.notes])


def rollback_page(done: Rollback) -> Page:
    """The page of the flow that rolls back."""
    figures: dict[str, Cell] = {
        "in production again": done.run_id,
        "tag": done.tag or "none",
        "sha256": Digest(done.sha256),
        "rolled back": done.replaced,
        "reason": done.reason,
        "seconds": done.seconds,
    }
    gist = f"{done.run_id} is in production again, {done.replaced} is not: {done.reason}"
    return figures_page("Rollback", figures, *(f"- {note}" for note in done.notes), gist=gist)


def verification_text(found: Verification) -> str:
    """What was mended, compared and found to differ, a line each."""
    if found.run_id is None and not found.faults:
        return "nothing is in production yet"
    lines = [*(f"mended: {note}" for note in found.mended), *(f"as it should be: {what}" for what in found.compared)]
    verdict = f"{len(found.faults)} differ" if found.faults else f"{found.run_id} is in production, all as released"
    return "\n".join([*lines, *(f"DIFFERS: {fault}" for fault in found.faults), verdict])


def _time(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}" if at else "now"
