"""Pages to the Prefect UI. The only importer of prefect.artifacts."""

import time
from collections.abc import Callable, Generator
from typing import TypeVar
from uuid import UUID

from prefect import get_client
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.client.schemas.actions import ArtifactUpdate

from nyay_lib.jobs import Event, Progress
from nyay_lib.reports.page import Page, duration

T = TypeVar("T")
# An update costs the server about 20 ms and a reader gains nothing by more.
UPDATE_SECONDS = 5.0
# Drawing a page takes time from what the page is about, on a small machine more than that.
UPDATE_SHARE = 0.1


def publish(step: str, page: Page) -> str:
    """Publish a step's page under the keys ``step`` and ``step-table``; returns the page's address in the UI."""
    created = create_markdown_artifact(page.markdown, key=step, description=page.gist)
    create_table_artifact([dict(row) for row in page.table], key=f"{step}-table", description=page.gist)
    return f"/v2/artifacts/artifact/{created}"


class LivePage:
    """A step's page that is rewritten while the step runs, at most every few seconds, and once more at its end."""

    def __init__(self, step: str, description: str) -> None:
        self.step, self.description = step, description
        self._artifact: UUID | None = None
        self._next = 0.0

    def show(self, page: Callable[[], Page]) -> None:
        """Show ``page()`` if the last one has stood long enough; it is not rendered otherwise."""
        start = time.monotonic()
        if start >= self._next:
            self._write(page().markdown, self.description)
            end = time.monotonic()
            self._next = end + max(UPDATE_SECONDS, (end - start) / UPDATE_SHARE)

    def show_at_once(self, page: Page) -> None:
        """Show a page that will stand for long."""
        self._write(page.markdown, self.description)
        self._next = 0.0

    def finish(self, page: Page) -> None:
        """Show the final page and publish its table."""
        description = f"{self.description}: {page.gist}"
        self._write(page.markdown, description)
        table = [dict(row) for row in page.table]
        create_table_artifact(table, key=f"{self.step}-table", description=description)

    def _write(self, markdown: str, description: str) -> None:
        if self._artifact is None:
            created = create_markdown_artifact(markdown, key=self.step, description=description)
            self._artifact = created if isinstance(created, UUID) else None
            return
        update = ArtifactUpdate(data=markdown, description=description)
        get_client(sync_client=True).update_artifact(self._artifact, update)


class ProgressBar:
    """A percentage in the UI under the key ``step-progress``."""

    def __init__(self, step: str) -> None:
        self.step = step
        self._artifact: UUID | None = None
        self._next = 0.0

    def show(self, done: int, total: int, what: str, seconds_left: float | None = None) -> None:
        """Show ``done`` of ``total``; the first and the last at once, those between every few seconds."""
        if time.monotonic() < self._next and done < total:
            return
        self._next = time.monotonic() + UPDATE_SECONDS
        left = f", {duration(seconds_left)} left" if seconds_left else ""
        percent, words = 100.0 * done / max(total, 1), f"{what}: {done:,} of {total:,}{left}"
        if self._artifact is None:
            created = create_progress_artifact(percent, key=f"{self.step}-progress", description=words)
            self._artifact = created if isinstance(created, UUID) else None
        else:
            update_progress_artifact(self._artifact, percent, description=words)


def follow(events: Generator[Event, None, T], step: str) -> T:
    """Run a step's events to their end, showing its progress; returns the step's result."""
    bar = ProgressBar(step)
    try:
        while True:
            event = next(events)
            if isinstance(event, Progress):
                bar.show(event.done, event.total, event.what, event.seconds_left)
    except StopIteration as stop:
        return stop.value
    finally:
        events.close()
