"""Processes that die: what is retried, what is not, what is left behind, and that it can all be taken up again."""

import json
import time

import psutil
import pytest

from tests.e2e.conftest import FinishedRun
from tests.e2e.workspace import Workspace, adapter_digest, seconds_until_gone, starts, training_child, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
CANCELLED_SECONDS, CRASHED_SECONDS = 15, 120


@pytest.mark.parametrize(("end", "words"), [("abort", "SIGABRT"), ("bug", "TypeError: unsupported operand")])
def test_a_crash_that_is_not_about_memory_is_not_retried_and_names_its_log(
    workspace: Workspace, end: str, words: str
) -> None:
    run = workspace.run(f"crashed-by-{end}")
    workspace.trouble(run, {"step": 2, "end": end})
    flow_run = workspace.start(run.run_id)
    state = workspace.end_of(flow_run)
    assert state.is_failed() and state.message and len(state.message.splitlines()) == 1
    assert words in state.message and str(run.job("train") / "engine.log") in state.message
    assert "AwaitingRetry" not in workspace.states(workspace.tasks(flow_run)["train"])
    assert starts(run) == 1 and not run.manifest.exists() and not run.result("train").exists()


def test_a_child_dies_with_its_flow_and_the_same_run_comes_to_the_same_adapter(
    workspace: Workspace, finished: FinishedRun
) -> None:
    run = workspace.run("orphaned")
    flow_run = workspace.start(run.run_id)
    child = training_child(run, after_steps=3)
    start = time.monotonic()
    psutil.Process(child.ppid()).kill()
    print(f"kill -9 of the flow: its child was gone after {seconds_until_gone(child):.1f} s")
    wait_until(lambda: workspace.state_of(flow_run).is_crashed(), CRASHED_SECONDS, patience=1)
    print(f"kill -9 of the flow: crashed after {time.monotonic() - start:.1f} s")

    assert workspace.end_of(workspace.start(run.run_id)).is_completed()
    assert adapter_digest(run) == adapter_digest(finished.run)
    attempts = json.loads(run.attempts.read_bytes())
    assert [attempt["end"] for attempt in attempts] == ["stopped", "done"]


def test_a_cancelled_run_leaves_no_child_and_comes_to_the_same_adapter(
    workspace: Workspace, finished: FinishedRun
) -> None:
    run = workspace.run("cancelled")
    flow_run = workspace.start(run.run_id)
    child = training_child(run, after_steps=3)
    at_work = workspace.processes_of(flow_run)
    assert child in at_work
    start = time.monotonic()
    workspace.cancel(flow_run)
    print(f"cancelled: flow and child were gone after {seconds_until_gone(*at_work):.1f} s")
    wait_until(lambda: workspace.state_of(flow_run).is_cancelled(), CANCELLED_SECONDS)
    print(f"cancelled: the state said so after {time.monotonic() - start:.1f} s")
    assert workspace.processes_of(flow_run) == []

    assert workspace.end_of(workspace.start(run.run_id)).is_completed()
    assert adapter_digest(run) == adapter_digest(finished.run)
    attempts = json.loads(run.attempts.read_bytes())
    assert [attempt["end"] for attempt in attempts] == ["stopped", "done"]
