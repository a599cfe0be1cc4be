"""What persons decided about rows and cases: rows put back, cases kept out. Lines are only ever added.

A row is known by the digest of what it says, a case by its CNR, so a decision outlives the names of files.
"""

import getpass
import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pydantic
from filelock import FileLock

from nyay_lib.errors import DataError
from nyay_lib.files import sync_folder
from nyay_lib.frozen import Frozen
from nyay_lib.lines import whole_lines


def user_name() -> str:
    """Who is logged in, as the operating system says."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in a container
        return f"uid {os.getuid()}"


class Decision(Frozen):
    """One decision. ``subject`` is a row's digest for a release, a CNR to be forgotten; ``row`` is FILENAME:LINE."""

    action: Literal["release", "forget"]
    subject: str
    reason: str
    row: str | None = None
    who: str = pydantic.Field(default_factory=user_name)
    time: datetime = pydantic.Field(default_factory=lambda: datetime.now(UTC))


def decide(path: Path, decisions: Iterable[Decision]) -> list[Decision]:
    """Add those decisions that were not taken before; when this returns they are on the disk. Raises DataError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(f".{path.name}.lock")):
            before = {(known.action, known.subject) for known in read_decisions(path)}
            new = [decision for decision in decisions if (decision.action, decision.subject) not in before]
            _append(path, "".join(f"{decision.model_dump_json()}\n" for decision in new).encode())
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror}); make room, then run again") from error
    return new


def _append(path: Path, lines: bytes) -> None:
    with path.open("ab") as file:
        file.truncate(whole_lines(path))
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def read_decisions(path: Path) -> list[Decision]:
    """All decisions, oldest first; a last line that a power failure cut was never promised, and is left out.

    Raises DataError for any other line that is damaged.
    """
    if not path.exists():
        return []
    lines = path.read_bytes()[: whole_lines(path)].splitlines()
    return [_parsed(path, number, line) for number, line in enumerate(lines, start=1)]


def forgotten(decisions: Iterable[Decision]) -> frozenset[str]:
    """The CNRs of cases that are kept out."""
    return frozenset(decision.subject for decision in decisions if decision.action == "forget")


def released(decisions: Iterable[Decision]) -> frozenset[bytes]:
    """The digests of rows that are put back."""
    return frozenset(bytes.fromhex(decision.subject) for decision in decisions if decision.action == "release")


def _parsed(path: Path, number: int, line: bytes) -> Decision:
    try:
        return Decision.model_validate_json(line)
    except pydantic.ValidationError as error:
        fault = error.errors()[0]["msg"]
        raise DataError(f"{path}:{number}: is damaged ({fault}); put the line right from a backup") from error
