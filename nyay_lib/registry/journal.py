"""The journal of releases: what was registered, refused, promoted and marked, when and why.

Lines are only ever added.
"""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pydantic
from filelock import FileLock
from pydantic import BaseModel, ConfigDict, Field

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.files import sync_folder

# A release is marked when a case that it saw is to be forgotten; the model stays where it is.
Event = Literal["registered", "refused", "promoted", "marked"]


class Waiver(BaseModel):
    """A required row of a verdict that a person let pass: its name, how it had ended, and the person's reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: str
    outcome: str
    reason: str


class Entry(BaseModel):
    """One event. ``tag`` is None for a model that Ollama does not have; ``reasons`` say what held it back.

    ``waivers`` are the rows that a person let pass, for ever on record.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: Event
    run_id: str
    tag: str | None
    sha256: str
    passed: bool
    reasons: list[str] = []
    waivers: list[Waiver] = []
    time: datetime = Field(default_factory=lambda: datetime.now(UTC))

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
            file.truncate(_whole(journal))
            file.write(entry.model_dump_json().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
            sync_folder(journal.parent)
    except OSError as error:
        raise RegistryError(f"{journal}: cannot be written ({error.strerror}); make room, then run again") from error


def read(journal: Path) -> list[Entry]:
    """All entries, oldest first. A last line that was cut by a power failure was never promised, and is left out.

    Raises RegistryError for any other line that is damaged.
    """
    try:
        lines = journal.read_bytes()[: _whole(journal)].splitlines()
    except FileNotFoundError:
        return []
    return [_parsed(journal, number, line) for number, line in enumerate(lines, start=1)]


def champion(journal: Path) -> Entry | None:
    """What is in production: the last that was promoted."""
    return next((entry for entry in reversed(read(journal)) if entry.event == "promoted"), None)


def _whole(journal: Path) -> int:
    """Bytes up to the end of the last complete line."""
    return journal.read_bytes().rfind(b"\n") + 1


def _parsed(journal: Path, number: int, line: bytes) -> Entry:
    try:
        return Entry.model_validate_json(line)
    except pydantic.ValidationError as error:
        raise RegistryError(
            f"{journal}:{number}: is damaged ({error.errors()[0]['msg']}); put the line right from a backup"
        ) from error
