"""What is seen of training while it trains, and when it goes wrong."""

import json

import pytest

from nyay_lib.canaries import read_canaries
from nyay_lib.metrics import read_metrics
from tests.e2e.conftest import FinishedRun
from tests.e2e.workspace import Workspace

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_a_run_leaves_a_line_for_each_step_and_its_canaries(workspace: Workspace, finished: FinishedRun) -> None:
    result = json.loads(finished.run.result("train").read_bytes())
    lines = read_metrics(finished.run.metrics)
    assert [line.step for line in lines] == list(range(1, result["steps"] + 1))
    assert lines[-1].validation_loss == result["validation_loss"]
    assert {answer.step for answer in read_canaries(finished.run.canaries)} == {0, result["steps"]}
    page = workspace.markdown(finished.flow_run, "train")
    assert "## Canaries" in page and str(finished.run.metrics) in page


def test_why_training_failed_is_the_run_s_message_and_stands_on_its_page(
    workspace: Workspace, finished: FinishedRun
) -> None:
    flow_run = workspace.start("exploded", config=workspace.config(training={"learning_rate": 1e20}))
    message = workspace.end_of(flow_run).message or ""
    told = "loss or gradient is not finite, at half the rate too; nothing was updated. Train with a lower"
    assert told in message and len(message.splitlines()) == 1
    page = workspace.markdown(flow_run, "train")
    assert page.startswith("# Training: failed") and told in page
    assert "went back to step 0 at half the learning rate" in page
    summary = workspace.markdown(flow_run, "run-summary")
    assert summary.startswith("# Run exploded: failed at train") and told in summary.replace("\\", "")
    assert '["evaluate: not reached"]' in summary and "-p run_id=exploded" in summary
    assert "## jobs/train/engine.log" in workspace.markdown(flow_run, "train-log")
