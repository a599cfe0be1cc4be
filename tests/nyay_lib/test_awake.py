"""A Mac is kept awake while it trains on mains power; the programs that do so are stand-ins on PATH."""

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from nyay_lib import awake
from nyay_lib.awake import Awake

AC, BATTERY = "Now drawing from 'AC Power'", "Now drawing from 'Battery Power'"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs that is all of PATH but for the shell's own; a pmset that says what `power` holds."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(awake, "LOOK_SECONDS", 0.0)
    program(tmp_path / "pmset", f'test "$*" = "-g batt" && cat {tmp_path / "power"}')
    program(tmp_path / "caffeinate", f'echo $$ "$@" >> {tmp_path / "held"}; exec sleep 600')
    (tmp_path / "power").write_text(AC)
    return tmp_path


def program(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def holders() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "600" in child.cmdline()]


def soon(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 30
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def test_a_mac_is_kept_awake_on_mains_power_until_training_ends(programs: Path) -> None:
    with Awake("darwin") as open_eyes:
        assert soon(lambda: len(holders()) == 1)
        open_eyes.look()
        assert len(holders()) == 1
        [held] = (programs / "held").read_text().splitlines()
        assert held == f"{holders()[0].pid} -i -s -w {os.getpid()}"
    assert holders() == []


def test_a_mac_may_sleep_on_battery_and_is_kept_awake_when_it_is_plugged_in_again(programs: Path) -> None:
    (programs / "power").write_text(BATTERY)
    with Awake("darwin") as open_eyes:
        for power, holds in ((BATTERY, False), (AC, True), (BATTERY, False)):
            (programs / "power").write_text(power)
            open_eyes.look()
            assert soon(lambda holds=holds: bool(holders()) is holds)


@pytest.mark.parametrize("missing", ["pmset", "caffeinate"])
def test_a_program_that_is_missing_is_a_line_in_the_log(
    programs: Path, missing: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (programs / missing).unlink()
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}/bin")
    with caplog.at_level(logging.WARNING), Awake("darwin"):
        assert holders() == []
    assert missing in caplog.text and "may sleep while it trains" in caplog.text


def test_elsewhere_nothing_happens(programs: Path) -> None:
    with Awake("linux"):
        assert holders() == []
    assert not (programs / "held").exists()
