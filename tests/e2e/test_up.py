"""`nyay up`: one in a folder, a port of its own, and a clean end."""

import signal
import socket

import psutil
import pytest

from tests.e2e.workspace import PATIENCE, Workspace, seconds_until_gone, training_child

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_a_second_one_in_the_same_folder_is_refused(workspace: Workspace) -> None:
    refused = workspace.nyay("up", "--port", "1")
    assert (refused.returncode, refused.stdout, len(refused.stderr.splitlines())) == (1, "", 1)
    assert f"runs in this folder already, at http://127.0.0.1:{workspace.port}" in refused.stderr


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


@pytest.mark.timeout(900)
def test_ctrl_c_amid_training_leaves_no_process(project: Workspace) -> None:
    with project.up() as up:
        project.start("interrupted")
        child = training_child(project.run("interrupted"))
        flow = flow_of(child)
        up.send_signal(signal.SIGINT)
        print(f"Ctrl-C: flow and child were gone after {seconds_until_gone(child, flow):.1f} s")
        up.wait(60 * PATIENCE)


@pytest.mark.timeout(900)
def test_a_killed_worker_takes_the_run_with_it_and_is_named(project: Workspace) -> None:
    with project.up(ends_with=1) as up:
        project.start("orphaned")
        child = training_child(project.run("orphaned"))
        flow = flow_of(child)
        worker_of(project).kill()
        print(f"kill -9 of the worker: flow and child were gone after {seconds_until_gone(child, flow):.1f} s")
        up.wait(60 * PATIENCE)
    assert "the worker ended with code -9" in (project.folder / "up.log").read_text()


def flow_of(child: psutil.Process) -> psutil.Process:
    return psutil.Process(child.ppid())


def worker_of(project: Workspace) -> psutil.Process:
    [worker] = [process for process in project.processes() if "worker" in process.cmdline()]
    return worker
