"""`nyay train`: a run is followed, left, come back to and cancelled, and its end is told with the UI's figures."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nyay_lib.registry.release import Release
from tests.e2e.conftest import FinishedRun
from tests.e2e.workspace import RUN_SECONDS, STEPS, Workspace, training_child, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
CONFIG = ("--config", "config/demo.yaml")


class Followed:
    """`nyay train` as it runs, in a terminal of its own or without one; all it writes goes to ``log``."""

    def __init__(self, workspace: Workspace, log: Path, *arguments: str, terminal: bool) -> None:
        self.log = log
        self._typed, end = os.openpty() if terminal else (None, subprocess.DEVNULL)
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "flows.cli", "train", *arguments],
                cwd=workspace.folder,
                env=workspace.environment,
                stdin=end,
                stdout=end if terminal else output,
                stderr=end if terminal else output,
                start_new_session=True,
            )
        if terminal:
            os.close(end)

    def said(self) -> str:
        """All of it so far. What a terminal shows must be read, or the program waits."""
        if self._typed is not None:
            os.set_blocking(self._typed, False)
            with self.log.open("ab") as log:
                try:
                    while read := os.read(self._typed, 1 << 16):
                        log.write(read)
                except OSError:  # nothing more for now, or for ever
                    pass
        return self.log.read_text(errors="replace")

    def until(self, words: str, times: int = 1) -> None:
        wait_until(lambda: self.said().count(words) >= times, RUN_SECONDS)

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def answer(self, letter: str) -> None:
        assert self._typed is not None
        os.write(self._typed, f"{letter}\n".encode())

    def end(self) -> int:
        """The exit code."""
        wait_until(lambda: self.said() is not None and self.process.poll() is not None, RUN_SECONDS)
        return self.process.wait()


@contextmanager
def following(workspace: Workspace, log: Path, *arguments: str, terminal: bool) -> Iterator[Followed]:
    followed = Followed(workspace, log, *arguments, terminal=terminal)
    try:
        yield followed
    finally:
        followed.process.kill()
        followed.process.wait()


def run_of(said: str) -> str:
    found = re.search(r"^run (\S+): http://127.0.0.1:\d+/v2/runs/flow-run/\S+", said, re.MULTILINE)
    assert found, said
    return found[1]


def test_a_run_is_left_found_again_watched_and_cancelled(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text(json.dumps(workspace.config(training={"epochs": 40})))
    with following(workspace, tmp_path / "left", "--config", str(tmp_path / "long.yaml"), terminal=False) as left:
        left.until("\n")
        run = workspace.run(run_of(left.said()))
        training_child(run)
        left.interrupt()
        assert left.end() == 130
        assert f"come back with: nyay train --resume {run.run_id}" in left.said()
    with following(workspace, tmp_path / "again", "--resume", run.run_id, terminal=True) as again:
        again.until("tokens/s")
        again.interrupt()
        again.until("(l) leave it running, (c) cancel it, (g) go on watching")
        shown = again.said().count("tokens/s")
        again.answer("g")
        again.until("tokens/s", times=shown + 1)
        again.interrupt()
        again.until("(c) cancel it", times=2)
        again.answer("c")
        assert again.end() == 1
    assert f"cancelled; what is done is kept, go on with: nyay train --resume {run.run_id}" in again.said()
    assert workspace.processes() != [] and not run.manifest.exists()


def test_a_run_is_followed_to_its_verdict(workspace: Workspace) -> None:
    done = workspace.nyay("train", *CONFIG)
    run = workspace.run(run_of(done.stderr))
    release = Release.model_validate_json(run.result("register").read_bytes())
    assert done.returncode == (0 if release.promoted else 3), done.stdout + done.stderr
    assert [line.split()[1] for line in done.stderr.splitlines() if line.startswith("  done: ")] == [
        "preflight",
        *STEPS,
        "summarise",
    ]
    assert "validation loss" in done.stderr and release.reason in done.stdout and "Verdict: " in done.stdout


def test_a_finished_run_is_told_as_the_ui_tells_it(workspace: Workspace, finished: FinishedRun) -> None:
    done = workspace.nyay("train", "--resume", finished.run.run_id, "--json")
    told = json.loads(done.stdout)
    assert done.returncode == {True: 0, False: 3}[told["promoted"]], done.stderr
    assert (told["run_id"], told["folder"]) == ("finished", str(finished.run.root))
    assert [step["step"] for step in told["steps"]] == list(STEPS)
    shown = {row["figure"]: row["value"] for row in workspace.table(finished.flow_run, "run-summary-table")}
    figures = {row["figure"].partition(",")[0]: row for row in told["figures"]}
    assert figures["validation loss"]["base"] == shown["validation loss of the base"]
    assert figures["validation loss"]["tuned"] == shown["validation loss of the tuned model"]
    assert figures["ROUGE-L"]["tuned"] == shown["ROUGE-L of the tuned model"]
    assert told["verdict"]["rows"] and told["promoted"] == shown["promoted"]


def test_a_run_that_fails_says_why_and_how_to_go_on(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(json.dumps(workspace.config(data={"validation": "data/none.jsonl"})))
    done = workspace.nyay("train", "--config", str(tmp_path / "bad.yaml"), "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["end"]) == (1, "failed")
    assert told["reason"].startswith("the run cannot start:") and "correct data.validation" in told["reason"]
    assert told["reason"].endswith("nothing was made yet: mend that, and start it again as before")


def test_what_cannot_be_started_is_one_line(workspace: Workspace, project: Workspace, tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("lora: {rank: none}\n")
    (tmp_path / "none.yaml").write_text("data: {train: data/none.jsonl, incoming: none, versions: none}\n")
    for refused, words in (
        (project.nyay("train"), "start it with `nyay up`"),
        (workspace.nyay("train", "--resume", "nobody"), "there is no run 'nobody' in runs"),
        (workspace.nyay("train", "--config", str(tmp_path / "wrong.yaml")), "lora.rank"),
        (workspace.nyay("train", "--config", str(tmp_path / "none.yaml")), "data/none.jsonl: there is no such file"),
    ):
        assert (refused.returncode, refused.stdout, len(refused.stderr.splitlines())) == (2, "", 1), refused.stderr
        assert words in refused.stderr
