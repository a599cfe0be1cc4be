"""`nyay up`: one in a folder, a port of its own, and a clean end."""

import socket

import pytest

from tests.e2e.workspace import Workspace

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_a_second_one_in_the_same_folder_is_refused(workspace: Workspace) -> None:
    refused = workspace.nyay("up", "--port", "1")
    assert (refused.returncode, refused.stdout, len(refused.stderr.splitlines())) == (1, "", 1)
    assert "runs in this folder already" in refused.stderr


def test_a_taken_port_is_named_with_another_one(project: Workspace) -> None:
    with socket.create_server(("127.0.0.1", project.port)):
        refused = project.nyay("up", "--port", str(project.port))
    assert (refused.returncode, refused.stdout, len(refused.stderr.splitlines())) == (1, "", 1)
    assert f"port {project.port} is taken" in refused.stderr and "nyay up --port" in refused.stderr
    assert project.processes() == []


def test_outside_a_project_it_says_where_to_go(project: Workspace) -> None:
    (project.folder / "prefect.yaml").unlink()
    refused = project.nyay("up")
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
    assert "has no prefect.yaml" in refused.stderr
