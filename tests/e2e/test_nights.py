"""Hours of training: a run waits for them, pauses at their end, and goes on the next night as if nothing had been."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import psutil
import pytest

from tests.e2e.conftest import FinishedRun
from tests.e2e.workspace import PATIENCE, Workspace, adapter_digest, starts, training_child, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
HOURS = {"train_between": "21:00-07:00", "timezone": "UTC"}
PAUSED = "# Training, paused until 21:00"


def at(day: int, hour: int) -> datetime:
    return datetime(2031, 1, day, hour, tzinfo=UTC)


@pytest.fixture
def by_day(workspace: Workspace) -> Iterator[Workspace]:
    """A workspace whose clock stands at noon."""
    workspace.set_clock(at(1, 12))
    yield workspace
    workspace.set_clock(None)


def pages(workspace: Workspace, flow_run: object) -> str:
    try:
        return workspace.markdown(flow_run, "train")  # type: ignore[arg-type]
    except AssertionError:
        return ""


def test_a_run_trains_by_night_alone_and_comes_to_the_same_adapter(by_day: Workspace, finished: FinishedRun) -> None:
    run = by_day.run("nights")
    flow_run = by_day.start(run.run_id, config=by_day.config(time=HOURS))
    wait_until(lambda: PAUSED in pages(by_day, flow_run), 400)
    assert starts(run) == 0 and by_day.gpu_is_free()

    by_day.set_clock(at(1, 22))
    child = training_child(run, after_steps=2)
    by_day.set_clock(at(2, 8))
    assert psutil.wait_procs([child], timeout=60 * PATIENCE)[1] == []
    wait_until(lambda: PAUSED in pages(by_day, flow_run) and by_day.gpu_is_free(), 60)

    by_day.set_clock(at(2, 23))
    assert by_day.end_of(flow_run).is_completed()
    attempts = json.loads(run.attempts.read_bytes())
    assert [attempt["end"] for attempt in attempts] == ["paused", "done"]
    assert attempts[0]["to_step"] == attempts[1]["from_step"] >= 2
    assert [attempt["started"][:13] for attempt in attempts] == ["2031-01-01T22", "2031-01-02T23"]
    states = by_day.states(by_day.tasks(flow_run)["train"])
    assert "AwaitingRetry" not in states and states[-1] == "Completed"
    assert adapter_digest(run) == adapter_digest(finished.run)
    page = by_day.markdown(flow_run, "train")
    assert "every row was trained on 2 times" in page and "| 01 Jan 22:" in page and "| 02 Jan 23:" in page


def test_a_run_that_waits_for_the_night_is_cancelled_at_once(by_day: Workspace) -> None:
    run = by_day.run("waiting")
    flow_run = by_day.start(run.run_id, config=by_day.config(time=HOURS))
    wait_until(lambda: PAUSED in pages(by_day, flow_run), 400)
    flow = by_day.processes_of(flow_run)
    assert flow
    start = time.monotonic()
    by_day.cancel(flow_run)
    assert psutil.wait_procs(flow, timeout=10)[1] == []
    print(f"cancelled while it waits: gone after {time.monotonic() - start:.1f} s")
    assert by_day.end_of(flow_run).is_cancelled()
    assert starts(run) == 0
