"""Where a case has been: the versions that hold it, and the runs and releases that learned from it or were measured on
it. A court may order a name masked after the judgment was published; then this must be known."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nyay_lib.config import PipelineConfig
from nyay_lib.data.records import CNR
from nyay_lib.data.version import Version, version_folder, versions_of
from nyay_lib.errors import DataError
from nyay_lib.registry.journal import Entry, append, champion, journal_of, read
from nyay_lib.runs import RunDir


@dataclass(frozen=True, slots=True)
class InVersion:
    """Numbers of a case's rows in a version, by side; ``quarantine`` is a side here."""

    version: str
    created: str
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class InRun:
    """Numbers of a case's rows that a run trained on and was measured on.

    ``entries`` are what the journal says of the run, which makes it a release; ``live`` if it is in production.
    """

    run_id: str
    trained: int
    measured: int
    version: str | None
    live: bool
    entries: list[Entry] = field(default_factory=list[Entry])

    @property
    def status(self) -> str:
        """What became of the run, in a few words."""
        events = list(dict.fromkeys(entry.event for entry in self.entries if not entry.is_intent))
        return ", ".join([*events, *(["in production"] if self.live else [])]) or "not released"


@dataclass(frozen=True, slots=True)
class Trace:
    """All places where a case was found. ``unknown`` are releases whose rows are not on this disk any more."""

    cnr: str
    versions: list[InVersion]
    runs: list[InRun]
    unknown: list[str]


def trace(config: PipelineConfig, cnr: str) -> Trace:
    """Look for a case in all versions and runs. Raises DataError for what is no CNR, and for damaged files."""
    require_cnr(cnr)
    found = [place for version in versions_of(config) if (place := _in_version(version, cnr)).rows]
    journal = journal_of(config)
    live, entries = champion(journal), read(journal)
    runs: list[InRun] = []
    unknown: list[str] = []
    for run in _runs(config, entries):
        counts = _rows_of_run(config, run, cnr)
        of_run = [entry for entry in entries if entry.run_id == run.run_id]
        if counts is None:
            unknown += [run.run_id] if of_run else []
        elif counts[0]["train"] + counts[0]["val"]:
            is_live = live is not None and live.run_id == run.run_id
            runs.append(InRun(run.run_id, counts[0]["train"], counts[0]["val"], counts[1], is_live, of_run))
    return Trace(cnr, found, runs, unknown)


def require_cnr(cnr: str) -> None:
    """Raises DataError for what cannot be a case number record."""
    if not CNR.fullmatch(cnr):
        raise DataError(f"{cnr!r} is no CNR: 16 capital letters and digits, as HCBM030212662025")


def _in_version(version: Version, cnr: str) -> InVersion:
    counts = Counter(str(row["side"]) for row in lines_with(version.rows_file, cnr) if row["cnr"] == cnr)
    counts["quarantine"] = sum(row["cnr"] == cnr for row in lines_with(version.quarantine_file, cnr))
    return InVersion(version.name, f"{version.created:%Y-%m-%d %H:%M}", dict(+counts))


def lines_with(path: Path, word: str) -> Iterator[dict[str, object]]:
    """The objects of those lines that hold a word somewhere: parsing all would take a hundred times as long."""
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file if word in line)


def _runs(config: PipelineConfig, entries: list[Entry]) -> list[RunDir]:
    """Every run on the disk and in the journal, by name."""
    runs = config.paths.runs.resolve()
    on_disk = {path.parents[2].name for path in runs.glob("*/jobs/convert/result.json")}
    return [RunDir(runs / name) for name in sorted(on_disk | {entry.run_id for entry in entries})]


def _rows_of_run(config: PipelineConfig, run: RunDir, cnr: str) -> tuple[Counter[str], str | None] | None:
    """Rows of the case by part and the run's version; None where neither its data set nor its version is there.

    A run that went on from the adapter of another has learned what that one had.
    """
    try:
        told = json.loads(run.result("convert").read_bytes())
        folder, version = Path(told["folder"]), told.get("version")
    except (OSError, ValueError, KeyError, TypeError):
        return None
    own, replay = _own_rows(config, folder, version, cnr), told.get("replay")
    if own is None or not replay:
        return None if own is None else (own, version)
    before = _rows_of_run(config, RunDir(run.root.parent / replay["run_id"]), cnr)
    return None if before is None else (own | Counter(train=before[0]["train"]), version)


def _own_rows(config: PipelineConfig, folder: Path, version: str | None, cnr: str) -> Counter[str] | None:
    """Rows of the case by part in a run's data set, else in its version; None where neither is there."""
    notes = {part: folder / f"{part}_rows.jsonl" for part in ("train", "val")}
    if all(path.exists() for path in notes.values()):
        return Counter({part: sum(row["cnr"] == cnr for row in lines_with(path, cnr)) for part, path in notes.items()})
    rows = version_folder(config, str(version)) / "rows.jsonl"
    if not rows.exists():
        return None
    sides = Counter(str(row["side"]) for row in lines_with(rows, cnr) if row["cnr"] == cnr)
    return Counter(train=sides["train"], val=sides["validation"])


def mark(config: PipelineConfig, found: Trace, reason: str) -> list[str]:
    """Write beside each release that saw the case that it did; gives their runs. Models stay where they are.

    A release that bears the mark already gets no second one. Raises RegistryError if it cannot be written.
    """
    marked: list[str] = []
    for run in found.runs:
        note = f"saw {found.cnr}, which is to be forgotten: {reason}"
        if not run.entries:
            continue
        marked.append(run.run_id)
        if not any(entry.event == "marked" and f" {found.cnr}," in entry.reasons[0] for entry in run.entries):
            last = run.entries[-1]
            append(
                journal_of(config),
                Entry(**last.model_dump(exclude={"event", "reasons", "time"}), event="marked", reasons=[note]),
            )
    return marked
