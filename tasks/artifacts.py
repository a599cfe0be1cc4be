"""Pages to the Prefect UI. The only importer of prefect.artifacts."""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import httpx
from prefect import get_client, get_run_logger
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate
from prefect.client.schemas.filters import ArtifactFilter
from prefect.client.schemas.objects import Artifact
from prefect.client.schemas.sorting import ArtifactSort
from prefect.runtime import task_run
from prefect.settings import get_current_settings

from nyay_lib.reports.page import Page, duration

# An update costs the server about 20 ms and a reader gains nothing by more.
UPDATE_SECONDS = 5.0
# Drawing a page takes time from what the page is about, on a small machine more than that.
UPDATE_SHARE = 0.1


def publish(step: str, page: Page) -> str:
    """Publish a step's page under the keys ``step`` and ``step-table``; returns the page's address in the UI."""
    created = create_markdown_artifact(page.markdown + log_link(step), key=step, description=page.gist)
    create_table_artifact([dict(row) for row in page.table], key=f"{step}-table", description=page.gist)
    tell(step, page.gist, path := path_of(created))
    return path


def publish_for(flow_run: UUID, key: str, page: Page) -> str:
    """Publish a page for a flow run from outside of it; returns what a log says of it."""
    page_of = ArtifactCreate(key=key, type="markdown", data=page.markdown, description=page.gist, flow_run_id=flow_run)
    table = ArtifactCreate(
        key=f"{key}-table",
        type="table",
        data=json.dumps([dict(row) for row in page.table]),
        description=page.gist,
        flow_run_id=flow_run,
    )
    with get_client(sync_client=True) as client:
        created = client.create_artifact(page_of)
        client.create_artifact(table)
    return f"{key}: {page.gist}; {address_of(path_of(created.id))}"


def path_of(artifact: object) -> str:
    """Where the UI shows an artifact, below its own address, whatever name the browser knows that by."""
    return f"/v2/artifacts/artifact/{artifact}"


def tell(step: str, gist: str, path: str) -> None:
    """A line in the log of the run that leads to a page."""
    get_run_logger().info("%s: %s; %s", step, gist, address_of(path))


def address_of(path: str) -> str:
    """The whole address, for who reads it outside of the UI."""
    return f"{get_current_settings().ui_url or ''}{path}"


def published(**which: object) -> dict[str, Artifact]:
    """The newest artifacts by their keys; ``flow_run_id``, ``task_run_id`` or ``key`` say which."""
    wanted = ArtifactFilter.model_validate({name: {"any_": [value]} for name, value in which.items()})
    with get_client(sync_client=True) as client:
        found = client.read_artifacts(artifact_filter=wanted, sort=ArtifactSort.CREATED_DESC)
    return {artifact.key: artifact for artifact in reversed(found) if artifact.key}


def log_link(step: str) -> str:
    """The way to what the processes of this task wrote; empty where there were none."""
    found = published(task_run_id=task_run.get_id(), key=f"{step}-log").values()
    return "".join(f"\n\n[What its processes wrote]({path_of(log.id)})" for log in found)


class LiveText:
    """Markdown under a key that is rewritten while a step runs, at most every few seconds, and once more at its end.

    While the step runs, a server that does not answer costs a look at it and nothing else.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self._artifact: UUID | None = None
        self._next = 0.0

    def show(self, text: Callable[[], str], description: str) -> None:
        """Show ``text()`` if the last one has stood long enough and it is not empty; it is not rendered otherwise."""
        start = time.monotonic()
        if start >= self._next and (now := text()):
            with suppress(httpx.HTTPError):
                self.show_at_once(now, description)
            end = time.monotonic()
            self._next = end + max(UPDATE_SECONDS, (end - start) / UPDATE_SHARE)

    def show_at_once(self, text: str, description: str) -> None:
        """Show a text that will stand for long."""
        self._next = 0.0
        if self._artifact is None:
            created = create_markdown_artifact(text, key=self.key, description=description)
            self._artifact = created if isinstance(created, UUID) else None
            return
        update = ArtifactUpdate(data=text, description=description)
        get_client(sync_client=True).update_artifact(self._artifact, update)

    @property
    def path(self) -> str:
        return path_of(self._artifact)


class LivePage:
    """A step's page while the step runs."""

    def __init__(self, step: str, description: str) -> None:
        self.step, self.description = step, description
        self._text, self._link = LiveText(step), ""

    def show(self, page: Callable[[], Page]) -> None:
        """Show ``page()`` if the last one has stood long enough; it is not rendered otherwise."""
        self._text.show(lambda: self._linked(page()), self.description)

    def show_at_once(self, page: Page) -> None:
        """Show a page that will stand for long."""
        self._text.show_at_once(self._linked(page), self.description)

    def finish(self, page: Page) -> None:
        """Show the final page and publish its table."""
        description = f"{self.description}: {page.gist}"
        self._text.show_at_once(self._linked(page), description)
        create_table_artifact([dict(row) for row in page.table], key=f"{self.step}-table", description=description)
        tell(self.step, page.gist, self._text.path)

    def _linked(self, page: Page) -> str:
        self._link = self._link or log_link(self.step)
        return page.markdown + self._link


class ProgressBar:
    """A percentage in the UI under the key ``step-progress``; no step ends because the server does not answer to it."""

    def __init__(self, step: str) -> None:
        self.step = step
        self._artifact: UUID | None = None
        self._next, self._words = 0.0, ""

    def finish(self) -> None:
        """The step is done, whatever was shown last."""
        if self._artifact:
            with suppress(httpx.HTTPError):
                update_progress_artifact(self._artifact, 100.0, description=self._words)

    def show(self, done: int, total: int, what: str, seconds_left: float | None = None) -> None:
        """Show ``done`` of ``total``; the first and the last at once, those between every few seconds."""
        if time.monotonic() < self._next and done < total:
            return
        self._next = time.monotonic() + UPDATE_SECONDS
        left = f", {duration(seconds_left)} left" if seconds_left else ""
        percent, words = round(100.0 * done / max(total, 1), 1), f"{what}: {done:,} of {total:,}{left}"
        self._words = f"{what}: {total:,}, done"
        with suppress(httpx.HTTPError):
            self._write(percent, words)

    def _write(self, percent: float, words: str) -> None:
        if self._artifact is None:
            created = create_progress_artifact(percent, key=f"{self.step}-progress", description=words)
            self._artifact = created if isinstance(created, UUID) else None
        else:
            update_progress_artifact(self._artifact, percent, description=words)
