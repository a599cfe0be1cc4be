"""A version of a data set as a page, and what a case was found in."""

from collections.abc import Sequence

from nyay_lib.data.keeping import Kept
from nyay_lib.data.leaks import Leak
from nyay_lib.data.room import Room
from nyay_lib.data.trace import Trace
from nyay_lib.data.version import Version
from nyay_lib.reports.page import Cell, grid


def version_page(version: Version, rooms: Sequence[Room] = ()) -> str:
    """Markdown: counts, reasons, what is new, drift, the certificate, and what a longer limit would keep."""
    text = [
        f"# Data version {version.name}",
        _origin(version),
        f"## Rows\n\n{grid(_sides(version))}",
        f"## Sources\n\n{grid(_sources(version))}",
        _reasons(version),
        f"## New\n\n{news(version)}",
        _drift(version),
        f"## Leak certificate\n\n{_certificate(version)}",
        f"## Length\n\n{rooms_grid(rooms)}" if rooms else "",
    ]
    return "\n\n".join(part for part in text if part) + "\n"


def _origin(version: Version) -> str:
    parent = f"Parent: {version.parent}." if version.parent else "The first version."
    return (
        f"Made {version.created:%Y-%m-%d %H:%M} UTC. {parent} Identifiers are "
        f"{'masked' if version.mask_identifiers else 'not masked'}. {version.forgotten_cases} cases are kept out and "
        f"{version.released_rows} rows were put back by decision."
    )


def _sides(version: Version) -> list[dict[str, Cell]]:
    parts = {"train": version.train, "validation": version.validation}
    tasks = sorted({*version.train.tasks, *version.validation.tasks})
    rows: list[dict[str, Cell]] = []
    for name, part in parts.items():
        counts = {task: part.tasks.get(task, 0) for task in tasks}
        rows.append({"side": name, "rows": part.rows, "cases": part.cases, **counts, "digest": part.digest[:16]})
    return rows


def _sources(version: Version) -> list[dict[str, Cell]]:
    return [
        {
            "source": source.name,
            "role": source.role,
            "rows": source.rows,
            "accepted": sum(source.accepted.values()),
            "new rows": source.new_rows,
            "new cases": source.new_cases,
            "seen before": source.seen,
            "held out": source.held_out + source.left_out,
            "rejected": sum(source.rejected.values()),
            "quarantined": sum(source.quarantined.values()),
            "forgotten": source.forgotten,
        }
        for source in version.sources
    ]


def _reasons(version: Version) -> str:
    rows: list[dict[str, Cell]] = []
    for what in ("rejected", "quarantined"):
        train, validation = version.counts(what, "train"), version.counts(what, "validation")
        for reason in sorted({*train, *validation}):
            found = {"train": train.get(reason, 0), "validation": validation.get(reason, 0)}
            rows.append({"reason": reason, "": what, **found})
    return f"## Kept out\n\n{grid(rows)}\n\nEach row is in `quarantine.jsonl` or `rejected.jsonl`." if rows else ""


def news(version: Version) -> str:
    """What a version has that its parent has not, in a sentence or two."""
    new = version.new
    files = ", ".join(new.sources) or "no new file"
    gone = f" {new.gone:,} rows of the parent are gone." if new.gone else ""
    return f"{new.rows:,} new rows of {new.cases:,} new cases, from {files}; {new.seen:,} rows were seen before.{gone}"


def _drift(version: Version) -> str:
    rows: list[dict[str, Cell]] = [
        {
            "field": drift.field,
            "distance": round(drift.distance, 3),
            "by chance": round(drift.by_chance, 3),
            "drifted": drift.is_more_than_chance,
            "moved most": drift.label,
            "before": f"{drift.before:.1%}",
            "now": f"{drift.after:.1%}",
        }
        for drift in version.drift
    ]
    told = "New rows against the parent's: total variation distance, 0 for the same mix, 1 for nothing in common."
    return f"## Drift\n\n{told}\n\n{grid(rows)}" if rows else ""


def _certificate(version: Version) -> str:
    left = sum(source.left_out for source in version.sources)
    kept_out = sum(source.held_out for source in version.sources)
    text = [
        "Training and validation are apart by case and by near-duplicate cluster.",
        f"{left:,} validation rows are left out: they leak into the given training file ({version.leaks:,} pairs)."
        if left
        else "",
        f"{kept_out:,} rows are kept out of training: they are kin to validation ({version.held_out:,} pairs)."
        if version.held_out
        else "",
        _pairs((*version.first_leaks, *version.first_held_out)),
    ]
    return "\n\n".join(part for part in text if part)


def _pairs(leaks: Sequence[Leak]) -> str:
    rows: list[dict[str, Cell]] = [leak.model_dump() for leak in leaks]
    return f"{grid(rows)}\n\nAll pairs are in `leaks.jsonl`." if rows else ""


def rooms_grid(rooms: Sequence[Room]) -> str:
    """What longer limits would keep of the judgments, and what they would cost; empty without any."""
    if not rooms:
        return ""
    rows: list[dict[str, Cell]] = [
        {
            "tokens a row": room.limit,
            "shortened": f"{room.shortened_share:.1%}",
            "tokens kept": room.kept,
            "tokens lost": room.lost,
            "cost": f"{room.cost:.2f}",
        }
        for room in rooms
    ]
    return f"{grid(rows)}\n\nCost is the number of tokens trained on over that at {rooms[0].limit:,}."


def trace_text(found: Trace) -> str:
    """Where a case was found, a line each."""
    lines = [f"version {place.version} ({place.created} UTC): {_counted(place.rows)}" for place in found.versions]
    for run in found.runs:
        seen = _counted({"trained on": run.trained, "measured on": run.measured})
        lines.append(f"{'release' if run.entries else 'run'} {run.run_id}: {seen}; {run.status}")
    lines += [
        f"release {run}: its data set is not on this disk any more, so it cannot be said" for run in found.unknown
    ]
    return "\n".join(lines) or f"{found.cnr} is in no version and no run"


def _counted(rows: dict[str, int]) -> str:
    return ", ".join(f"{count} rows {name.replace('_', ' ')}" for name, count in rows.items() if count)


def forgotten_text(kept: Kept) -> str:
    """What forgetting a case came to."""
    again = "" if kept.decision else ", as it was before"
    lines = [f"{kept.found.cnr} is kept out of every later version{again}", trace_text(kept.found)]
    lines += [f"release {run} is marked in the journal; its model stays" for run in kept.marked]
    lines += [f"{cnr} has nearly the same text (Jaccard {index:.2f}) and stays" for cnr, index in kept.near.items()]
    return "\n".join(lines)
