"""The journal of releases: what was registered, refused, promoted, restored and removed, when and why.

Lines are only ever added. What changes production is written down before its first step and again after its last: an
intent without its completion is a switch that was broken off.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pydantic
from filelock import FileLock
from pydantic import Field

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.files import sync_folder
from nyay_lib.frozen import Frozen
from nyay_lib.lines import whole_lines

# promoting and restoring are intents, promoted and restored their completions; abandoned: an intent that was undone.
# removed: a tag went out of Ollama. checked: production was asked again, as Ollama had another version.
# marked: a case that the release saw is to be forgotten; the model stays where it is.
Event = Literal[
    "registered",
    "refused",
    "promoting",
    "promoted",
    "restoring",
    "restored",
    "abandoned",
    "checked",
    "removed",
    "marked",
]
COMPLETIONS: dict[Event, Event] = {"promoting": "promoted", "restoring": "restored"}


class Waiver(Frozen):
    """A required row of a verdict that a person let pass: its name, how it had ended, and the person's reason."""

    row: str
    outcome: str
    reason: str


class Entry(Frozen):
    """One event. ``tag`` is None for a model that Ollama does not have; ``reasons`` say what held it back, or why.

    ``waivers`` are the rows that a person let pass, for ever on record. ``label`` is the release's folder of links,
    ``digest`` that of the tag's manifest in Ollama, ``ollama`` the version that was asked, ``weights`` the digest of
    the file's tensors alone, ``files`` those of production's files by name, ``replaced`` the run that was live before.
    """

    event: Event
    run_id: str
    tag: str | None
    sha256: str
    passed: bool
    reasons: list[str] = Field(default_factory=list[str])
    waivers: list[Waiver] = Field(default_factory=list[Waiver])
    label: str = ""
    digest: str | None = None
    ollama: str | None = None
    weights: str = ""
    files: dict[str, str] = Field(default_factory=dict[str, str])
    replaced: str | None = None
    time: datetime = Field(default_factory=lambda: datetime.now(UTC))

    @property
    def is_intent(self) -> bool:
        """Whether it says what is about to be done."""
        return self.event in COMPLETIONS

    @property
    def is_switch(self) -> bool:
        """Whether production was this model's from then on."""
        return self.event in COMPLETIONS.values()

    def is_of(self, run_id: str, sha256: str) -> bool:
        """Whether it tells of this file of this run."""
        return (self.run_id, self.sha256) == (run_id, sha256)

    def completed(self) -> "Entry":
        """The completion of an intent, now."""
        return self.model_copy(update={"event": COMPLETIONS[self.event], "time": datetime.now(UTC)})

    def about(self, event: Event, reasons: list[str], ollama: str | None) -> "Entry":
        """Another entry about the same model, now; ``ollama`` is the version that was asked."""
        told = {"event": event, "reasons": reasons, "ollama": ollama, "waivers": [], "time": datetime.now(UTC)}
        return self.model_copy(update=told)

    def is_same(self, other: "Entry") -> bool:
        """Whether both tell of one event, whenever they were written."""
        return self.model_copy(update={"time": other.time}) == other


def journal_of(config: PipelineConfig) -> Path:
    """Where the journal lies."""
    return config.paths.models.resolve() / "journal.jsonl"


def append(journal: Path, entry: Entry) -> None:
    """Add an entry; when this returns it is on the disk. Raises RegistryError if it cannot be written."""
    try:
        journal.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(journal.with_name(f".{journal.name}.lock")), journal.open("ab") as file:
            file.truncate(whole_lines(journal))
            file.write(entry.model_dump_json().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
            sync_folder(journal.parent)
    except OSError as error:
        raise RegistryError(
            f"{journal}: cannot be written ({error.strerror}); make room or let it be written to, then run again"
        ) from error


def read(journal: Path) -> list[Entry]:
    """All entries, oldest first. A last line that was cut by a power failure was never promised, and is left out.

    Raises RegistryError for any other line that is damaged.
    """
    try:
        lines = journal.read_bytes()[: whole_lines(journal)].splitlines()
    except FileNotFoundError:
        return []
    return [_parsed(journal, number, line) for number, line in enumerate(lines, start=1)]


def champion(journal: Path) -> Entry | None:
    """What is in production: the last that was promoted or restored."""
    return next((entry for entry in reversed(read(journal)) if entry.is_switch), None)


def _parsed(journal: Path, number: int, line: bytes) -> Entry:
    try:
        return Entry.model_validate_json(line)
    except pydantic.ValidationError as error:
        raise RegistryError(
            f"{journal}:{number}: is damaged ({error.errors()[0]['msg']}); put the line right from a backup"
        ) from error
