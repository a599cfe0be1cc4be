"""Events as lines: read from a child, and kept in a file."""

import errno
import os
from io import FileIO

import pydantic

from nyay_lib.errors import JobError
from nyay_lib.jobs.event import AnyEvent, Event


def read_event(line: bytes, job: str) -> Event:
    """A line that a child wrote. Raises JobError for one that is no event."""
    try:
        return AnyEvent.validate_json(line)
    except pydantic.ValidationError as error:
        raise JobError(
            f"{job}: the process wrote {line[:60]!r}, which is no event; see that no other version of this program runs"
        ) from error


def keep(file: FileIO, line: bytes) -> None:
    """Write a line to the operating system. Raises OSError, naming the file, where a full disk takes only a part."""
    try:
        written = file.write(line)
    except OSError as error:
        error.filename = file.name
        raise
    if written < len(line):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), file.name)
