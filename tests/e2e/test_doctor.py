"""`nyay doctor` about a server: what is missing in it is named, and the command that is named mends it."""

import json
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from flows.prefect_findings import prefect_findings
from flows.server import answers
from nyay_lib.doctor.finding import Finding
from tests.e2e.workspace import PATIENCE, START_SECONDS, Workspace, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_with_nyay_up_nothing_is_broken(workspace: Workspace) -> None:
    done = workspace.nyay("doctor", "--config", "config/demo.yaml", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    states = {finding["name"]: finding["state"] for finding in told["findings"]}
    assert told["count"]["broken"] == 0 and states["Ollama"] == "warning"
    parts = {"server", "work pool", "limit gpu", "deployments", "automations", "worker"}
    assert {name: states[name] for name in parts} == dict.fromkeys(parts, "ok")


def test_without_a_configuration_it_cannot_look(workspace: Workspace) -> None:
    lost = workspace.nyay("doctor", "--config", "config/none.yaml")
    assert (lost.returncode, lost.stdout, len(lost.stderr.splitlines())) == (2, "", 1)


def test_each_part_that_a_server_lacks_is_mended_by_what_is_named(
    project: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.folder)
    api = f"{project.url}/api"
    absent = list(prefect_findings(api))
    assert [(one.name, one.state, one.mend) for one in absent] == [("server", "warning", "nyay up")]
    with started(project, "server", "start", "--host", "127.0.0.1", "--port", str(project.port)):
        wait_until(lambda: answers(api), START_SECONDS)
        assert set(broken(api)) == {"work pool", "limit gpu", "deployments", "automations", "worker"}
        assert "start it again" in broken(api)["automations"].mend
        assert "train-nyay/local" in broken(api)["deployments"].found
        for name in ("work pool", "limit gpu", "deployments"):
            program, *arguments = shlex.split(broken(api)[name].mend)
            done = project.call(program, *arguments)
            assert done.returncode == 0 and name not in broken(api), done.stdout + done.stderr
        with started(project, *shlex.split(broken(api)["worker"].mend)[1:]):
            wait_until(lambda: set(broken(api)) == {"automations"}, START_SECONDS)
        done = project.prefect("work-pool", "pause", "nyay"), project.prefect("gcl", "update", "gpu", "--limit", "2")
        assert [one.returncode for one in done] == [0, 0]
        for name, mend in {"work pool": "resume nyay", "limit gpu": "gcl update gpu --limit 1 --enable"}.items():
            assert mend in broken(api)[name].mend
            assert project.call(*shlex.split(broken(api)[name].mend)).returncode == 0
        assert not {"work pool", "limit gpu"} & set(broken(api))


def test_a_port_that_another_program_has_is_named_with_another_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        [found] = prefect_findings(f"http://127.0.0.1:{port}/api")
    assert found.state == "broken" and f"nyay up --port {port + 1}" in found.mend


def broken(api: str) -> dict[str, Finding]:
    return {finding.name: finding for finding in prefect_findings(api) if finding.state == "broken"}


@contextmanager
def started(project: Workspace, *command: str) -> Iterator[None]:
    """A prefect command that runs for long, ended on the way out."""
    with (project.folder / "started.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", *command],
            cwd=project.folder,
            env=project.environment,
            stdout=log,
            stderr=log,
        )
    try:
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20 * PATIENCE)
        process.kill()
        process.wait()
