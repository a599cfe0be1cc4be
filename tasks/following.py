"""A step while it runs: how far it is, what it is doing, and what its child processes write."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Self, TypeVar

from prefect import get_run_logger

from nyay_lib.child_logs import read_tails
from nyay_lib.jobs import Event, Progress
from nyay_lib.reports.logs import log_page
from nyay_lib.reports.page import Page
from nyay_lib.runs import RunDir
from tasks.artifacts import LiveText, ProgressBar, tell

T = TypeVar("T")
# Clocks of files tick more slowly than the clock.
TICK_SECONDS = 0.1


def follow(events: Generator[Event, None, T], run: RunDir, step: str) -> T:
    """Run a step's events to their end, showing its progress and its log; returns the step's result."""
    bar, words = ProgressBar(step), ""
    with StepLog(run, step).kept() as log:
        try:
            while True:
                event = next(events)
                log.show()
                if isinstance(event, Progress):
                    bar.show(event.done, event.total, event.what, event.seconds_left)
                    if event.what != words:
                        words = event.what
                        get_run_logger().info("%s: %s", step, words)
        except StopIteration as stop:
            bar.finish()
            return stop.value
        finally:
            events.close()


class StepLog:
    """What the child processes of a step write, under the key ``step-log``."""

    def __init__(self, run: RunDir, step: str) -> None:
        self._run, self._step = run, step
        self._since = time.time() - TICK_SECONDS
        self._text = LiveText(f"{step}-log")

    def show(self) -> None:
        """Show what there is, unless the last look was a few seconds ago."""

        def text() -> str:
            page = self._page()
            return page.markdown if page.table else ""

        self._text.show(text, "so far")

    def close(self, *, failed: bool) -> None:
        """Show all of it, if any process was started; where the step failed, the run's log leads there."""
        page = self._page()
        if page.table:
            self._text.show_at_once(page.markdown, page.gist)
            if failed:
                tell(self._step, "failed; what its processes wrote is here", self._text.path)

    @contextmanager
    def kept(self) -> Generator[Self]:
        """Show all of it at the end; a step that is cancelled is not kept waiting for that."""
        try:
            yield self
        except Exception:
            self.close(failed=True)
            raise
        self.close(failed=False)

    def _page(self) -> Page:
        return log_page(self._step, self._run.root, read_tails(self._run.job(self._step), self._since))
