"""The page of the watcher: what arrived, what was kept out of it, and what follows."""

from nyay_lib.data.novelty import Arrival
from nyay_lib.data.version import Source, Version
from nyay_lib.reports.page import Cell, Page, grid
from nyay_lib.reports.versions import news


def court_data_page(arrival: Arrival, outcome: str) -> Page:
    """``outcome`` says in a sentence what came of it."""
    version = arrival.version
    parts = ["# Court data", f"**{outcome}**", *(_about(arrival, version) if version else ())]
    return Page("\n\n".join(parts), _table(version), outcome)


def _about(arrival: Arrival, version: Version) -> list[str]:
    found = f"No new rows: version {version.name} stands." if version.reused else news(version)
    counted = (
        f"{arrival.new_cases:,} of its {version.train.cases:,} cases no run has trained on yet; "
        f"{arrival.wanted:,} start a run (`retraining.new_cases`)."
    )
    waiting = [f"Waiting: {file}." for file in version.waiting]
    table = [] if version.reused else [f"## What arrived\n\n{grid(_table(version))}", *_kept_out(version)]
    return [found, counted, *waiting, *table]


def _arrived(version: Version) -> list[Source]:
    return [source for source in version.sources if source.name in version.new.sources]


def _table(version: Version | None) -> list[dict[str, Cell]]:
    """A row for each file that this version has and its parent has not."""
    return [
        {
            "file": source.name,
            "rows": source.rows,
            "accepted": sum(source.accepted.values()),
            "new cases": source.new_cases,
            "seen before": source.seen,
            "kin to validation": source.held_out + source.left_out,
            "rejected": sum(source.rejected.values()),
            "quarantined": sum(source.quarantined.values()),
        }
        for source in (_arrived(version) if version else ())
    ]


def _kept_out(version: Version) -> list[str]:
    rows: list[dict[str, Cell]] = [
        {"file": source.name, "": what, "reason": reason, "rows": count}
        for source in _arrived(version)
        for what, reasons in (("rejected", source.rejected), ("quarantined", source.quarantined))
        for reason, count in reasons.items()
    ]
    told = f"Each row is in `{version.folder.name}/quarantine.jsonl` or `rejected.jsonl`, with its reason."
    return [f"## Kept out\n\n{grid(rows)}\n\n{told}"] if rows else []
