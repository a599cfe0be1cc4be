"""A job from its start to its result: the events on the way, and why it ended without one."""

import contextlib
import subprocess
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from nyay_lib.endings import why
from nyay_lib.files import write_text
from nyay_lib.jobs.child import child_of
from nyay_lib.jobs.event import Done, Event, Failed, Progress
from nyay_lib.jobs.event_lines import keep, read_event
from nyay_lib.jobs.job import Job
from nyay_lib.lines import whole_lines

R = TypeVar("R")
EMPTY: Mapping[str, str] = MappingProxyType({})


def run_job(
    job: Job,
    folder: Path,
    settings: Mapping[str, str] = EMPTY,
    started: Callable[["subprocess.Popen[bytes]"], None] | None = None,
) -> Generator[Event, None, Done]:
    """Run ``job`` in a child process, yield its events, and return its last one.

    ``folder`` receives job.json, events.jsonl and engine.log; earlier runs' events and logs are kept, appended to.
    ``settings`` go into the child's environment; ``started`` is called with its process.
    Raises OutOfMemory, JobError, or NyayError with the child's own message. However the generator is left, the child
    is gone afterwards.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "job.json", job.model_dump_json(indent=2, by_alias=True) + "\n")
    log = folder / "engine.log"
    last: Event | None = None
    with log.open("ab") as log_file, (folder / "events.jsonl").open("ab", buffering=0) as events_file:
        # A full disk, or a kill, may have left half a line, which the next one must not be added to.
        events_file.truncate(whole_lines(folder / "events.jsonl"))
        log_start = log_file.tell()
        with child_of(folder / "job.json", log_file, settings) as child:
            if started:
                started(child)
            assert child.stdout is not None
            for line in child.stdout:
                if not line.endswith(b"\n"):
                    break  # the child was killed while it wrote
                keep(events_file, line)
                last = read_event(line, job.kind)
                yield last
            code = child.wait()
    if isinstance(last, Done) and code == 0:
        return last
    raise why(job.kind, last if isinstance(last, Failed) else None, code, log, log_start)


def finish(events: Generator[Event, None, R]) -> R:
    """Run a job, or a step, to its end for its result alone."""
    while True:
        try:
            next(events)
        except StopIteration as stop:
            return stop.value


def named(events: Generator[Event, None, R], whose: str) -> Generator[Event, None, R]:
    """The same events, whose progress says whose it is."""
    with contextlib.closing(events):
        while True:
            try:
                event = next(events)
            except StopIteration as stop:
                return stop.value
            yield event.model_copy(update={"what": f"{event.what} {whose}"}) if isinstance(event, Progress) else event
