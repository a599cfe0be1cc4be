"""Processes that die: what is retried, what is not, and what is left behind."""

import signal

import psutil
import pytest

from tests.e2e.workspace import Workspace, training_child

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
# A child looks for its parent twice a second; the kernel tells it at once on Linux.
ORPHAN_SECONDS = 10


def test_a_crash_that_is_not_about_memory_is_not_retried_and_names_its_log(workspace: Workspace) -> None:
    run = workspace.run("crashed")
    flow_run = workspace.start(run.run_id)
    training_child(run).send_signal(signal.SIGABRT)
    state = workspace.end_of(flow_run)
    assert state.is_failed()
    assert state.message and "SIGABRT" in state.message and str(run.job("train") / "engine.log") in state.message
    assert "AwaitingRetry" not in workspace.states(workspace.tasks(flow_run)["train"])
    assert not run.manifest.exists() and not run.result("train").exists()


def test_a_child_dies_with_its_flow_and_the_same_run_can_be_taken_up_again(workspace: Workspace) -> None:
    run = workspace.run("orphaned")
    flow_run = workspace.start(run.run_id)
    child = training_child(run, after_steps=3)
    psutil.Process(child.ppid()).kill()
    assert psutil.wait_procs([child], timeout=ORPHAN_SECONDS)[1] == []
    assert workspace.end_of(flow_run).is_crashed()

    assert workspace.end_of(workspace.start(run.run_id)).is_completed()
    assert run.manifest.exists()
