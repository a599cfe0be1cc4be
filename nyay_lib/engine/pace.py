"""How far a job is, and how long the rest will take at the pace so far."""

import time

from nyay_lib.jobs import Emit, Progress


class Pace:
    """Emits progress. ``done`` of ``total`` were made earlier, and say nothing about the pace of today."""

    def __init__(self, emit: Emit, what: str, done: int, total: int) -> None:
        self._emit, self._what, self._total = emit, what, total
        self._first = self._done = done
        self._start = time.monotonic()

    def step(self, count: int = 1) -> None:
        """``count`` more are done."""
        self._done += count
        each = (time.monotonic() - self._start) / (self._done - self._first)
        left = each * (self._total - self._done)
        self._emit(Progress(done=self._done, total=self._total, what=self._what, seconds_left=left))
