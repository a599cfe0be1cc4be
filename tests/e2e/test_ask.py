"""`nyay ask`: an answer, or one line that says why there is none."""

import pytest

from tests.e2e.conftest import FinishedRun
from tests.e2e.workspace import Workspace

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_without_a_model_one_line_says_how_to_make_one(project: Workspace) -> None:
    refused = project.nyay("ask", "What is bail?")
    assert (refused.returncode, refused.stdout, len(refused.stderr.splitlines())) == (1, "", 1)
    assert "runs: holds no run with a finished model" in refused.stderr and "train-nyay/demo" in refused.stderr


def test_a_finished_run_answers(workspace: Workspace, finished: FinishedRun) -> None:
    answered = workspace.nyay("ask", "What is bail?", "--run", finished.run.run_id, "--max-tokens", "16")
    assert answered.returncode == 0, answered.stderr
    assert answered.stdout.rstrip("\n"), "the random model says blanks, but it says them"
    assert answered.stderr.startswith("run finished, nyay-ai-q4_k_m.gguf; check every citation")


def test_an_unknown_run_is_named(workspace: Workspace, finished: FinishedRun) -> None:
    refused = workspace.nyay("ask", "What is bail?", "--run", "nosuch")
    assert (refused.returncode, refused.stdout, len(refused.stderr.splitlines())) == (1, "", 1)
    assert "'nosuch'" in refused.stderr
