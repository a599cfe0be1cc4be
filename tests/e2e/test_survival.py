"""A server that is killed, a machine that goes down, a machine that sleeps: one run, never two trainers, one result."""

import json
import os
import re
import signal
import time
from collections.abc import Iterable

import psutil
import pytest

from nyay_lib.runs import RunDir
from tasks.own_run import run_id_of
from tests.e2e.conftest import FinishedRun
from tests.e2e.workspace import PATIENCE, RUN_SECONDS, Workspace, adapter_digest, starts, training_child, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
# Longer than the silence after which a run is taken for dead (flows/automations.py), and than the lease of its slot.
ASLEEP_SECONDS = float(os.environ.get("NYAY_ASLEEP_SECONDS", "100"))
SILENT_SECONDS = 130.0
ENDS_SECONDS = 120.0


def ends(run: RunDir) -> list[str]:
    return [attempt["end"] for attempt in json.loads(run.attempts.read_bytes())]


def server_of(project: Workspace) -> list[psutil.Process]:
    return [process for process in project.processes() if "server" in process.cmdline()]


@pytest.mark.parametrize(("killed", "code"), [("the server", 1), ("everything at once", -signal.SIGKILL)])
def test_what_was_killed_amid_training_is_taken_up_by_one_command(
    project: Workspace, finished: FinishedRun, killed: str, code: int
) -> None:
    with project.up(ends_with=code) as up:
        flow_run = project.start("")
        with project.client() as client:
            run = project.run(run_id_of(client.read_flow_run(flow_run)))
        training_child(run, after_steps=3)
        for process in server_of(project) if killed == "the server" else project.processes():
            process.kill()
        up.wait(ENDS_SECONDS * PATIENCE)
        wait_until(lambda: project.processes() == [], ENDS_SECONDS)
    with project.up():
        state = project.state_of(flow_run)
        assert state.is_crashed() and state.message
        assert f"was left behind: {state.message}" in (project.folder / "up.log").read_text()
        command = re.search(r"`prefect (.+)`", state.message)
        assert command and project.prefect(*command[1].split()).returncode == 0
        assert project.end_of(flow_run).is_completed()
    assert ends(run) == ["stopped", "done"] and adapter_digest(run) == adapter_digest(finished.run)


def stop(processes: Iterable[psutil.Process], order: signal.Signals) -> None:
    for process in processes:
        process.send_signal(order)


def test_a_run_that_was_taken_for_dead_goes_on_and_nobody_else_makes_it(
    workspace: Workspace, finished: FinishedRun
) -> None:
    run = workspace.run("silent")
    flow_run = workspace.start(run.run_id)
    training_child(run, after_steps=3)
    silent = workspace.processes_of(flow_run)
    stop(silent, signal.SIGSTOP)
    wait_until(lambda: workspace.state_of(flow_run).is_crashed(), SILENT_SECONDS, patience=1)
    assert "prefect flow-run retry" in (workspace.state_of(flow_run).message or "")
    second = workspace.end_of(workspace.start(run.run_id))
    assert second.is_failed() and "'silent' is being made by process" in (second.message or "")

    stop(silent, signal.SIGCONT)
    wait_until(lambda: workspace.history(flow_run)[-1] == "Completed", RUN_SECONDS)
    assert workspace.history(flow_run)[-3:] == ["Crashed", "Running", "Completed"]
    assert starts(run) == 1 and ends(run) == ["done"] and adapter_digest(run) == adapter_digest(finished.run)


def test_a_machine_that_slept_goes_on_with_the_run(project: Workspace, finished: FinishedRun) -> None:
    with project.up() as up:
        run = project.run("asleep")
        flow_run = project.start(run.run_id)
        training_child(run, after_steps=3)
        everything = [psutil.Process(up.pid), *project.processes()]
        stop(everything, signal.SIGSTOP)
        time.sleep(ASLEEP_SECONDS)
        stop(everything, signal.SIGCONT)
        wait_until(lambda: project.history(flow_run)[-1] == "Completed", RUN_SECONDS)
        print(f"asleep for {ASLEEP_SECONDS:.0f} s: {' > '.join(project.history(flow_run))}")
    assert starts(run) == 1 and ends(run) == ["done"] and adapter_digest(run) == adapter_digest(finished.run)
