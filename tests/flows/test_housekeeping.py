"""What is cut, given back and refused so that a server can run for months."""

import errno
import os
import shutil
import subprocess
from collections import namedtuple
from pathlib import Path

import pytest

from flows import housekeeping, up
from flows.housekeeping import Housekeeping, require_room
from nyay_lib.errors import NyayError, ServiceError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".prefect/storage").mkdir(parents=True)
    return tmp_path / ".prefect"


def test_logs_are_cut_while_they_are_written_and_old_results_go(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "MIB", 5)
    old, new = home / "storage/old", home / "storage/new"
    for path in (old, new):
        path.touch()
    os.utime(old, (0, 0))
    keeper = Housekeeping(None)
    with (home / "server.log").open("ab", buffering=0) as log:
        log.write(b"a" * 101)
        keeper.keep()
        log.write(b"b")
        keeper.keep()  # not due
    assert (home / "server.log").read_bytes() == b"b"
    assert (home / "server.log.1").read_bytes() == b"a" * 101
    assert not old.exists() and new.exists()


def test_without_room_for_database_and_logs_nothing_starts(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require_room()
    usage = namedtuple("usage", "total used free")(2**40, 2**40, 300 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(ServiceError, match=r"\.prefect: 300 MiB are free, and database and logs need 1,024"):
        require_room()


def test_a_full_disk_that_keeps_a_log_from_being_cut_ends_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(source: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(target))

    monkeypatch.setattr(housekeeping, "MIB", 0)
    monkeypatch.setattr(shutil, "copyfile", full)
    (home / "worker.log").write_text("much")
    worker = subprocess.Popen(["sleep", "0.2"])
    with pytest.raises(NyayError, match="the worker ended with code 0"):
        up._wait({"worker": worker}, [], Housekeeping(None))
    assert "not tidied: [Errno 28] No space left on device" in capsys.readouterr().err
