"""One server and one finished run for all end-to-end tests."""

import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from nyay_lib.runs import RunDir
from tests.e2e.workspace import DEMO, Workspace, flow_run_of

# Secrets as users have them in their environment: a test looks for them in all that is written.
SECRET = "planted-secret-5c1f"
PLANTED = {
    "HF_TOKEN": f"hf_{SECRET}",
    "HF_ENDPOINT": f"http://nyay:{SECRET}@{{host}}",
    "OLLAMA_HOST": f"http://nyay:{SECRET}@{{host}}",
    "WANDB_API_KEY": SECRET,
    "NYAY_WEBHOOK": f"https://hooks.example.org/{SECRET}",
}


@dataclass(frozen=True)
class FinishedRun:
    """A demo that went its whole way, and what the command line said about it."""

    run: RunDir
    flow_run: UUID
    command: "subprocess.CompletedProcess[str]"


@pytest.fixture(scope="session")
def no_ollama() -> Iterator[str]:
    """An address on this machine where nothing listens, and nothing can."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{held.getsockname()[1]}"


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory, no_ollama: str) -> Iterator[Workspace]:
    """A project with `nyay up` in it, and a worker that looks for work every second."""
    folder = tmp_path_factory.mktemp("project")
    planted = {name: value.format(host=no_ollama) for name, value in PLANTED.items()}
    made = Workspace.make(folder, PREFECT_WORKER_QUERY_SECONDS="1", **planted)
    with made.up():
        yield made


@pytest.fixture(scope="session")
def finished(workspace: Workspace) -> FinishedRun:
    """The demo, run as a user runs it."""
    command = workspace.prefect("deployment", "run", DEMO, "--param", "run_id=finished", "--watch")
    return FinishedRun(workspace.run("finished"), flow_run_of(command.stdout), command)


@pytest.fixture
def project(tmp_path: Path, no_ollama: str) -> Workspace:
    """A project in which nothing has run."""
    return Workspace.make(tmp_path, OLLAMA_HOST=no_ollama)
