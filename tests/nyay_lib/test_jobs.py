"""A child's end is told apart: its own words, memory that ran out, a crash; and no child outlives its parent."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from nyay_lib.errors import JobError
from nyay_lib.jobs import AnswerJob, QuantizeBaseJob, Started, finish, run_job


def job(folder: Path) -> QuantizeBaseJob:
    return QuantizeBaseJob(source=folder / "nosuch", target=folder / "out", bits=8)


def test_a_childs_crash_names_the_step_and_the_log(tmp_path: Path) -> None:
    with pytest.raises(JobError, match=r"quantize_base failed: .*nosuch.*the full log is .*engine\.log"):
        finish(run_job(job(tmp_path), tmp_path / "job"))
    assert "Traceback" in (tmp_path / "job" / "engine.log").read_text()
    assert not (tmp_path / "out").exists()


def test_leaving_the_events_early_ends_the_child(tmp_path: Path) -> None:
    events = run_job(AnswerJob(gguf=tmp_path, prompt="", stops=(), max_tokens=1, context=64), tmp_path / "job")
    first = next(events)
    assert isinstance(first, Started)
    events.close()
    assert not psutil.pid_exists(first.pid) or psutil.Process(first.pid).status() == psutil.STATUS_ZOMBIE


ALONE = """
import os, subprocess, sys
child = "import os, sys; from nyay_lib.engine.__main__ import die_with; sys.platform = 'darwin'; die_with(os.getppid())"
busy = child + "; print(os.getpid(), flush=True)\\nwhile True: pass"
subprocess.run([sys.executable, "-c", busy])
"""


def test_a_child_notices_by_itself_where_the_kernel_does_not_tell(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", ALONE], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    gone, left = psutil.wait_procs([child], timeout=10)
    assert (len(gone), left) == (1, [])
    parent.stdout.close()


PARENT = """
import sys
from pathlib import Path
from nyay_lib.jobs import QuantizeBaseJob, run_job
folder = Path(sys.argv[1])
for event in run_job(QuantizeBaseJob(source=folder, target=folder / "out", bits=8), folder / "job"):
    print(event.pid, flush=True)
"""


def test_a_child_whose_parent_is_killed_ends_too(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "config.json")  # the child waits here for ever
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 10
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    parent.stdout.close()
