"""A run that some process is at work on is told from one that nobody is."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from nyay_lib.errors import PreflightError
from nyay_lib.run_lock import claim, nobody_else, turn, work_on

WORKER = "import sys; from pathlib import Path; from nyay_lib.run_lock import work_on; work_on(Path(sys.argv[1]))"


def worker(lock: Path, work: str = WORKER) -> "subprocess.Popen[str]":
    """Another process at work on the run, until its input ends."""
    command = [sys.executable, "-c", f"{work}; print('on it', flush=True); input()", str(lock)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "on it\n"
    return process


def test_nobody_is_at_work_on_a_run_that_only_this_process_shares(tmp_path: Path) -> None:
    lock = tmp_path / "run" / ".lock"
    with nobody_else(lock) as alone:
        assert alone
    work_on(lock)
    work_on(lock)
    with nobody_else(lock) as alone:
        assert alone


def test_another_process_at_work_is_noticed_until_it_ends(tmp_path: Path) -> None:
    lock = tmp_path / ".lock"
    with worker(lock) as process:
        for share in (False, True):
            if share:
                work_on(lock)
            with nobody_else(lock) as alone:
                assert not alone
        process.kill()
    with nobody_else(lock) as alone:
        assert alone


def test_two_processes_share_a_run(tmp_path: Path) -> None:
    work_on(tmp_path / ".lock")
    with worker(tmp_path / ".lock") as process:
        process.kill()


def test_a_run_that_another_process_makes_is_refused_until_that_ends(tmp_path: Path) -> None:
    lock = tmp_path / "run-7" / ".maker"
    with worker(lock, WORKER.replace("work_on", "claim")) as maker:
        with pytest.raises(PreflightError, match=f"run_id 'run-7' is being made by process {maker.pid} on this"):
            claim(lock, patience=0)
        maker.kill()
        claim(lock)
    claim(lock, patience=0)
    assert lock.read_text() != str(maker.pid)


def test_only_one_has_its_turn_and_who_waits_says_so(tmp_path: Path) -> None:
    lock, told, order = tmp_path / ".training.lock", threading.Event(), list[str]()

    def second() -> None:
        with turn(lock, lambda _: told.set()):
            order.append("second")

    waiting = threading.Thread(target=second)
    with turn(lock, lambda words: pytest.fail(words)):
        waiting.start()
        assert told.wait(10)
        order.append("first")
    waiting.join(10)
    assert order == ["first", "second"]
