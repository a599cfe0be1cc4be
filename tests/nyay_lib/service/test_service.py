"""`nyay service` against launchd and systemd that keep a record of what they are told."""

import os
import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock
from typer.testing import CliRunner

from flows import service as command
from nyay_lib.errors import ServiceError
from nyay_lib.service import installing, launchd
from nyay_lib.service import manager as managing
from nyay_lib.service.launchd import Launchd, protected_folder
from nyay_lib.service.manager import Manager, manager
from nyay_lib.service.systemd import Systemd
from nyay_lib.service.unit import TEMPLATES, Service, unit_of
from tests.nyay_lib.service.made import Machine

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    made = Machine.make(tmp_path)
    monkeypatch.setenv("PATH", made.path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(launchd, "FDESETUP", str(tmp_path / "bin" / "fdesetup"))
    return made


both = pytest.mark.parametrize("chosen", [Launchd(), Systemd()], ids=["launchd", "systemd"])


def service_of(folder: Path, *arguments: str) -> Service:
    return Service.of(folder, ["up", *arguments])


@both
def test_installing_twice_tells_the_manager_once_and_removing_leaves_nothing(machine: Machine, chosen: Manager) -> None:
    service = service_of(machine.project())
    assert installing.install(chosen, service)
    told = machine.orders()
    assert not installing.install(chosen, service) and machine.orders() == told
    found = installing.status(chosen)
    assert (found.runs, found.project, found.state.pid) == (True, machine.project(), os.getpid())
    assert installing.remove(chosen) and not installing.remove(chosen)
    assert not chosen.path.exists() and not (machine.folder / "loaded").exists()
    assert not installing.status(chosen).runs


@both
def test_another_port_takes_the_place_of_the_first(machine: Machine, chosen: Manager) -> None:
    installing.install(chosen, service_of(machine.project()))
    assert installing.install(chosen, service_of(machine.project(), "--port", "4300"))
    assert b"4300" in chosen.path.read_bytes() and (machine.folder / "loaded").exists()


@both
def test_the_service_of_another_project_is_not_taken_over(machine: Machine, chosen: Manager) -> None:
    installing.install(chosen, service_of(machine.project("first")))
    with pytest.raises(ServiceError, match=r"home/first: a user has one service; call `nyay service remove` first"):
        installing.install(chosen, service_of(machine.project("second")))


def test_launchd_is_told_to_end_the_old_one_before_it_begins_the_new(machine: Machine) -> None:
    agent, path = Launchd(), Launchd().path
    installing.install(agent, service_of(machine.project()))
    installing.install(agent, service_of(machine.project(), "--port", "4300"))
    target = f"gui/{os.getuid()}/nyay"
    begins = [f"launchctl enable {target}", f"launchctl bootstrap gui/{os.getuid()} {path}"]
    assert machine.orders() == [*begins, f"launchctl bootout {target}", *begins]


def test_systemd_is_told_to_start_it_at_login_too(machine: Machine) -> None:
    installing.install(Systemd(), service_of(machine.project()))
    installing.remove(Systemd())
    assert machine.orders() == [
        "systemctl --user daemon-reload",
        "systemctl --user enable nyay.service",
        "systemctl --user restart nyay.service",
        "systemctl --user disable --now nyay.service",
        "systemctl --user daemon-reload",
        "systemctl --user reset-failed nyay.service",
    ]


def test_the_launch_agent_says_all_that_a_service_needs(machine: Machine) -> None:
    service = service_of(machine.project("a & <b>"), "--port", "4300")
    agent = plistlib.loads(Launchd().render(service))
    assert agent["ProgramArguments"] == [sys.executable, "-m", "flows.cli", "up", "--port", "4300"]
    assert agent["WorkingDirectory"] == str(service.project)
    assert agent["StandardOutPath"] == agent["StandardErrorPath"] == str(service.project / ".prefect/service.log")
    assert agent["EnvironmentVariables"]["PATH"].split(":")[0] == str(Path(sys.executable).parent)
    assert (agent["ProcessType"], agent["LimitLoadToSessionType"]) == ("Interactive", "Aqua")
    assert (agent["KeepAlive"], agent["RunAtLoad"]) == (True, True)


@pytest.mark.parametrize("platform, is_there", [("darwin", True), ("linux", False)])
def test_homebrew_is_looked_into_on_a_mac(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, platform: str, is_there: bool
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    path = service_of(machine.project()).environment["PATH"].split(":")
    assert ("/opt/homebrew/bin" in path) is is_there


def test_nothing_secret_of_the_shell_gets_into_the_file(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_SERVER_API_AUTH_STRING", "admin:hush")
    monkeypatch.setenv("HF_TOKEN", "hf_hush")
    for chosen in (Launchd(), Systemd()):
        assert b"hush" not in chosen.render(service_of(machine.project()))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")
def test_systemd_takes_the_unit_of_a_folder_with_a_strange_name(tmp_path: Path) -> None:
    project, unit = tmp_path / 'my "100%" $HOME', tmp_path / "nyay.service"
    (project / ".prefect").mkdir(parents=True)
    unit.write_bytes(unit_of(service_of(project)))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", unit],
        env=os.environ | {"XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_folders_that_macos_guards_are_known(tmp_path: Path) -> None:
    for guarded in ("Desktop/nyay", "Documents/a/nyay", "Library/Mobile Documents/com~apple~CloudDocs/nyay"):
        assert protected_folder(tmp_path / guarded, tmp_path)
    assert protected_folder(Path("/Volumes/disk/nyay"), tmp_path)
    assert protected_folder(tmp_path / "nyay", tmp_path) is None


def test_on_a_mac_status_tells_of_the_folder_the_disk_and_the_last_words(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = machine.project("Documents/nyay")
    monkeypatch.chdir(project)
    monkeypatch.setattr(command, "_platform", lambda: "darwin")
    run = CliRunner()
    assert "warning:   " in run.invoke(command.app, ["install"]).stdout
    (project / ".prefect/service.log").write_text("nyay is up\nthe worker ended\n")
    told = run.invoke(command.app, ["status"])
    assert told.exit_code == 0
    assert "service:  runs since 20" in told.stdout and "its last end: 1" in told.stdout
    assert "lies in" in told.stdout and "FileVault is on" in told.stdout
    assert told.stdout.endswith("log:      nyay is up\nlog:      the worker ended\n")
    assert run.invoke(command.app, ["remove"]).exit_code == 0
    assert run.invoke(command.app, ["status"]).exit_code == 1


def test_beside_one_in_a_terminal_it_is_not_installed(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    project = machine.project()
    monkeypatch.chdir(project)
    monkeypatch.setattr(command, "_platform", lambda: "linux")
    (project / ".prefect").mkdir()
    with FileLock(project / ".prefect/up.lock"):
        refused = CliRunner().invoke(command.app, ["install"])
    assert (refused.exit_code, machine.orders()) == (1, [])
    assert refused.stderr == "nyay: `nyay up` runs in this folder already: end it first (Ctrl-C in its terminal)\n"


def test_for_others_it_is_not_installed_without_a_password(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(machine.project())
    monkeypatch.setattr(command, "_platform", lambda: "linux")
    monkeypatch.setenv("PREFECT_SERVER_API_AUTH_STRING", "admin:of-this-shell-alone")
    refused = CliRunner().invoke(command.app, ["install", "--host", "0.0.0.0"])
    assert (refused.exit_code, machine.orders()) == (1, [])
    assert "into .env, or leave --host away" in refused.stderr


def test_a_dry_run_writes_nothing(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(machine.project())
    monkeypatch.setattr(command, "_platform", lambda: "linux")
    shown = CliRunner().invoke(command.app, ["install", "--dry-run", "--port", "4300"]).stdout
    assert str(Systemd().path) in shown and '"--port" "4300"' in shown
    assert machine.orders() == [] and not Systemd().path.exists()


def test_elsewhere_and_where_the_manager_refuses_it_is_said(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ServiceError, match="neither launchd nor systemd"):
        manager("win32")
    (machine.folder / "bin" / "launchctl").write_text("#!/bin/sh\n[ $1 != print ] && echo 'not now' >&2\nexit 5\n")
    with pytest.raises(ServiceError, match=r"`launchctl enable gui/\d+/nyay` failed: not now"):
        Launchd().start()
    monkeypatch.setattr(managing, "ASK_SECONDS", 0.0)
    with pytest.raises(ServiceError, match="launchd did not end it within"):
        managing.wait_until(lambda: False, "launchd did not end it")


def test_the_wheel_brings_every_template() -> None:
    text = (PROJECT / "pyproject.toml").read_text()
    assert {path.name for path in TEMPLATES.glob("nyay.*")} == {"nyay.plist", "nyay.service"}
    for name in ("nyay.plist", "nyay.service"):
        assert f'"deployments/{name}" = "deployments/{name}"' in text
