"""Memory runs out while a model is trained: the run goes on by itself with half the batch."""

import json
import resource
from itertools import pairwise
from typing import Any

import psutil
import pytest

from nyay_lib.runs import RunDir
from nyay_lib.watch import read_history
from tests.e2e.conftest import FinishedRun
from tests.e2e.workspace import Workspace, training_child

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_an_exception_an_abort_and_a_segmentation_fault_are_survived_unaided(
    workspace: Workspace, finished: FinishedRun
) -> None:
    run = workspace.run("three-ways")
    # Each before an update of the weights: of the second, and twice of the third after the checkpoint.
    workspace.trouble(
        run, {"step": 2, "end": "exception"}, {"step": 3, "end": "metal abort"}, {"step": 3, "end": "segv"}
    )
    flow_run = workspace.start(run.run_id, config=workspace.config(memory={"remember": False}))
    assert workspace.end_of(flow_run).is_completed()

    states = workspace.states(workspace.tasks(flow_run)["train"])
    assert states.count("AwaitingRetry") == states.count("Retrying") == 3 and states[-1] == "Completed"
    attempts = check_survived(run, finished, ["4x4", "2x8", "1x16", "1x16, gradient checkpointing"])
    reasons = [attempt["reason"] for attempt in attempts]
    assert "kIOGPUCommandBufferCallbackErrorOutOfMemory" in reasons[0]
    assert "aborted because memory ran out" in reasons[1] and "SIGSEGV" in reasons[2]
    assert [(a["from_step"], a["to_step"]) for a in attempts] == [(0, 1), (0, 2), (2, 4), (4, 6)]
    ends = ["out of memory"] * 3 + ["done"]
    assert [row[2] for row in attempt_rows(workspace.markdown(flow_run, "train"))] == ends


def test_a_real_limit_and_a_kill_are_survived_unaided(workspace: Workspace, finished: FinishedRun) -> None:
    run = workspace.run("really")
    flow_run = workspace.start(run.run_id, config=workspace.config(memory={"remember": False}))
    refuse_memory(training_child(run))
    training_child(run, attempt=2).kill()
    assert workspace.end_of(flow_run).is_completed()
    attempts = check_survived(run, finished, ["4x4", "2x8", "1x16"])
    assert "SIGKILL" in attempts[1]["reason"]


def refuse_memory(child: psutil.Process) -> None:
    """The kernel gives the process no more memory than it has."""
    size = child.memory_info().vms
    resource.prlimit(child.pid, resource.RLIMIT_AS, (size, size))


def check_survived(run: RunDir, finished: FinishedRun, rungs: list[str]) -> list[dict[str, Any]]:
    """Went down these rungs, each time from the last checkpoint, to the losses of an undisturbed run."""
    attempts: list[dict[str, Any]] = json.loads(run.attempts.read_bytes())
    told = [attempt["rung"] for attempt in attempts]
    words = [f"{r['micro_batch']}x{r['accumulation']}" for r in told]
    assert [
        w + ", gradient checkpointing" * r["gradient_checkpointing"] for w, r in zip(words, told, strict=True)
    ] == rungs
    assert [attempt["end"] for attempt in attempts] == ["out of memory"] * (len(rungs) - 1) + ["done"]
    assert all(later["from_step"] == earlier["checkpoint"] for earlier, later in pairwise(attempts))

    disturbed, undisturbed = (read_history(r.job("train") / "events.jsonl") for r in (run, finished.run))
    assert disturbed.steps.keys() == undisturbed.steps.keys()
    difference = max(abs(step.loss / undisturbed.steps[n].loss - 1) for n, step in disturbed.steps.items())
    print(f"{run.run_id}: greatest relative difference of a loss {difference:.1e}")
    assert difference < 1e-4
    assert disturbed.validations == pytest.approx(undisturbed.validations, rel=1e-4)
    ledger = json.loads(run.ledger.read_bytes())
    assert ledger["least"] == ledger["most"] == ledger["epochs"]
    return attempts


def attempt_rows(page: str) -> list[list[str]]:
    """Number, batch and end of each attempt in a training page."""
    lines = page.partition("## Attempts")[2].strip().partition("\n\n")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [[row[rows[0].index(name)] for name in ("attempt", "batch", "end")] for row in rows[2:]]
