"""Memory runs out while a model is trained: the run goes on by itself with half the batch."""

import json
import math
import resource
import signal
from collections.abc import Callable

import psutil
import pytest

from nyay_lib.watch import read_history
from tests.e2e.conftest import FinishedRun
from tests.e2e.workspace import Workspace, training_child

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def refuse_memory(child: psutil.Process) -> None:
    """The kernel gives the process no more memory than it has."""
    size = child.memory_info().vms
    resource.prlimit(child.pid, resource.RLIMIT_AS, (size, size))


def kill_as_the_kernel_does(child: psutil.Process) -> None:
    child.send_signal(signal.SIGKILL)


@pytest.mark.parametrize("run_out", [refuse_memory, kill_as_the_kernel_does])
def test_training_goes_on_with_half_the_batch_and_the_same_losses(
    workspace: Workspace, finished: FinishedRun, run_out: Callable[[psutil.Process], None]
) -> None:
    run = workspace.run(run_out.__name__.replace("_", "-"))
    flow_run = workspace.start(run.run_id)
    run_out(training_child(run, after_steps=3))
    assert workspace.end_of(flow_run).is_completed()

    states = workspace.states(workspace.tasks(flow_run)["train"])
    assert [states.index(name) for name in ("AwaitingRetry", "Retrying", "Completed")] == sorted(
        states.index(name) for name in ("AwaitingRetry", "Retrying", "Completed")
    )
    attempts = json.loads(run.attempts.read_bytes())
    assert [(a["rung"]["micro_batch"], a["rung"]["accumulation"], a["end"]) for a in attempts] == [
        (4, 4, "out of memory"),
        (2, 8, "done"),
    ]
    assert attempts[1]["from_step"] == attempts[0]["checkpoint"] == 2
    assert attempt_rows(workspace.markdown(flow_run, "train")) == [["1", "4x4", "out of memory"], ["2", "2x8", "done"]]

    disturbed, undisturbed = (read_history(r.job("train") / "events.jsonl") for r in (run, finished.run))
    assert disturbed.steps.keys() == undisturbed.steps.keys()
    assert all(math.isclose(s.loss, undisturbed.steps[n].loss, rel_tol=1e-4) for n, s in disturbed.steps.items())
    assert disturbed.validations == pytest.approx(undisturbed.validations, rel=1e-4)


def attempt_rows(page: str) -> list[list[str]]:
    """Number, batch and end of each attempt in a training page."""
    lines = page.partition("## Attempts")[2].strip().splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [[row[rows[0].index(name)] for name in ("attempt", "batch", "end")] for row in rows[2:]]
