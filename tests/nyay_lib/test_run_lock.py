"""A run that some process is at work on is told from one that nobody is."""

import subprocess
import sys
from pathlib import Path

from nyay_lib.run_lock import nobody_else, work_on

WORKER = "import sys; from pathlib import Path; from nyay_lib.run_lock import work_on; work_on(Path(sys.argv[1]))"


def worker(lock: Path) -> "subprocess.Popen[str]":
    """Another process at work on the run, until its input ends."""
    command = [sys.executable, "-c", f"{WORKER}; print('on it', flush=True); input()", str(lock)]
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
