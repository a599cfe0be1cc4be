"""A file of events that may still be growing."""

from collections.abc import Iterator
from pathlib import Path

from nyay_lib.errors import JobError
from nyay_lib.jobs import Event, read_event


class EventTail:
    """What was written to ``path`` since it was last read; nothing while there is no such file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = 0

    def events(self) -> Iterator[Event]:
        """The events of whole lines: the last one may be half written, or cut by a kill."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    return
                self._read += len(line)
                try:
                    event = read_event(line, str(self.path))
                except JobError:  # in old files another line may follow on one that was cut
                    continue
                yield event
