"""Every command of README and docs is executed: the cheap ones here, as they stand there, the others elsewhere."""

import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import FinishedRun
from tests.e2e.workspace import PATIENCE, PROJECT, Workspace, wait_until
from tests.nyay_lib.serving.test_document import LINES, pdf
from tests.test_commands import DOCS, mentioned, typed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

# Commands in blocks that are executed elsewhere, and where. What installs programs on a Mac, no test can execute.
TYPED_ELSEWHERE = {
    "make demo": "tests/demo/test_demo.py",
    "make test": ".ci/run",
    "make check": ".ci/run",
    "make slow": ".ci/run",
    ".ci/run": ".ci/run",
    "sudo apt install": ".ci/run",
    "xcode-select": "nyay_lib/doctor/installation.py",
    "brew install": "README.md",
    "source .venv/bin/activate": "tests/e2e/workspace.py",
    "nyay up": "tests/e2e/workspace.py",
    "nyay serve": "tests/flows/test_serve.py",
    "nyay review export": "tests/flows/test_review.py",
    "nyay review import": "tests/flows/test_review.py",
    "ollama run": "tests/nyay_lib/registry/test_real_release.py",
}
# Commands within the text, by their first words, and the test that executes each with its options.
MENTIONED_ELSEWHERE = {
    "nyay up": "tests/e2e/test_up.py",
    "nyay train": "tests/e2e/test_train.py",
    "nyay doctor": "tests/e2e/test_doctor.py",
    "nyay plan": "tests/flows/test_plan.py",
    "nyay ask": "tests/flows/test_serve.py",
    "nyay serve": "tests/flows/test_serve.py",
    "nyay data check": "tests/flows/test_data.py",
    "nyay data": "tests/flows/test_versions.py",
    "nyay models": "tests/flows/test_models.py",
    "nyay review": "tests/flows/test_review.py",
    "nyay service": "tests/nyay_lib/service/test_service.py",
    "nyay --install-completion": "tests/e2e/test_docs.py",
    "prefect deployment run": "tests/e2e/conftest.py",
    "prefect flow-run retry": "tests/e2e/test_survival.py",
    "prefect --no-prompt deploy": "flows/up.py",
    "make": ".ci/run",
}
# What a command may exit with where the machine lacks what the release needs: hub, licence, Ollama.
LACKING = {"nyay doctor": {0, 1}, "nyay plan": {0, 1, 2}, "nyay train": {1}, "nyay train --resume": {0, 3}}
HERE = [
    command
    for page in DOCS
    for command in map(str.strip, typed(page.read_text()))
    if Path(command.split()[0]).name == "nyay" and not any(command.startswith(one) for one in TYPED_ELSEWHERE)
]


@pytest.fixture(scope="module")
def ready(workspace: Workspace, finished: FinishedRun) -> Workspace:
    """A project with records of its own, a judgment, and a run to ask."""
    assert finished.run.manifest.exists()
    folder = workspace.folder / "data" / "training"
    folder.mkdir(parents=True, exist_ok=True)
    for path in (PROJECT / "data" / "sample").glob("*.jsonl"):
        shutil.copy(path, folder / path.name)
    (workspace.folder / "judgment.pdf").write_bytes(pdf(*LINES))
    return workspace


@pytest.mark.parametrize("command", HERE, ids=HERE)
def test_a_command_of_the_docs_runs_as_it_stands(command: str, ready: Workspace) -> None:
    program, *arguments = shlex.split(re.sub(r"\d{8}-\d{6}-[0-9a-f]{8}", "finished", command), comments=True)
    assert Path(program).name == "nyay"
    done = ready.nyay(*arguments)
    bare = shlex.join(["nyay", *arguments])
    name = max((one for one in LACKING if bare.startswith(one)), key=len, default="")
    assert done.returncode in LACKING.get(name, {0}), done.stdout + done.stderr
    assert "Traceback" not in done.stderr and (done.stdout + done.stderr).strip()


def test_what_is_executed_elsewhere_is_executed_there() -> None:
    for command, place in (TYPED_ELSEWHERE | MENTIONED_ELSEWHERE).items():
        words = [word for word in command.split()[1:] if word.isalpha()]
        text = (PROJECT / place).read_text()
        assert all(re.search(rf"\b{word}\b", text) for word in words), (command, place)


def test_each_command_within_the_text_is_executed_somewhere() -> None:
    found = {command for page in DOCS for command in mentioned(page.read_text())}
    assert [command for command in found if not any(command.startswith(one) for one in MENTIONED_ELSEWHERE)] == []


def test_nyay_serve_answers_until_ctrl_c(ready: Workspace, tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-m", "flows.cli", "serve", "--port", "0"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ready.folder, env=ready.environment, stdout=output, stderr=output)
    try:
        wait_until(lambda: "answers at" in log.read_text() or process.poll() is not None, 120)
        process.send_signal(signal.SIGINT)
        assert process.wait(30 * PATIENCE) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()


def test_completion_is_written_for_a_shell(ready: Workspace) -> None:
    script = "from flows.cli import app; app(prog_name='nyay')"
    asked = subprocess.run(
        [sys.executable, "-c", script, "mo"],
        cwd=ready.folder,
        env=ready.environment | {"_NYAY_COMPLETE": "complete_bash", "COMP_WORDS": "nyay mo", "COMP_CWORD": "1"},
        capture_output=True,
        text=True,
    )
    assert asked.stdout.split() == ["models"], asked.stderr
