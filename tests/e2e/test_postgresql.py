"""One server on PostgreSQL, behind a password, with a worker each on two machines; here, in two folders."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from prefect.states import Cancelled, Scheduled

from flows.access import Access
from flows.housekeeping import remove_flow_runs
from nyay_lib.config import PathsConfig, PipelineConfig, RetentionConfig
from nyay_lib.registry.journal import Entry, append, journal_of
from tests.e2e.postgresql import cluster, programs
from tests.e2e.workspace import DEMO, Workspace, training_child

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1500),
    pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed"),
]
PASSWORD, DATABASE_PASSWORD = "admin:hush-hush", "hushdatabase"


@dataclass(frozen=True)
class Pool:
    """The server's machine, and one with a worker alone."""

    first: Workspace
    second: Workspace

    def start_on(self, machine: str, run_id: str) -> UUID:
        """Start the demo in one machine's queue."""
        with self.first.client() as client:
            demo = client.read_deployment_by_name(DEMO).id
            return client.create_flow_run_from_deployment(
                demo, parameters={"run_id": run_id}, work_queue_name=machine
            ).id


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory, no_ollama: str) -> Iterator[Pool]:
    shared = {"OLLAMA_HOST": no_ollama, "PREFECT_WORKER_QUERY_SECONDS": "1", "PREFECT_API_AUTH_STRING": PASSWORD}
    with cluster(DATABASE_PASSWORD) as database:
        secrets = {"PREFECT_SERVER_DATABASE_CONNECTION_URL": database, "PREFECT_SERVER_API_AUTH_STRING": PASSWORD}
        first = Workspace.make(tmp_path_factory.mktemp("first"), **shared, **secrets)
        second = replace(Workspace.make(tmp_path_factory.mktemp("second"), **shared), port=first.port)
        with first.up("--host", "0.0.0.0", "--machine", "first"), second.up("--worker-only", "--machine", "second"):
            yield Pool(first, second)


def test_a_resumed_run_returns_to_the_machine_that_holds_its_checkpoints(pool: Pool) -> None:
    begun = pool.start_on("second", "travelling")
    training_child(pool.second.run("travelling"), after_steps=3)
    pool.first.cancel(begun)
    assert pool.first.end_of(begun).name == "Cancelled"
    resumed = pool.start_on("first", "travelling")
    end = pool.first.end_of(resumed)
    said = re.fullmatch(
        r"run travelling was begun on machine second: handed on to it as flow run (\S+)", str(end.message)
    )
    assert end.name == "Cancelled" and said, end.message
    with pool.first.client() as client:
        handed = client.read_flow_run(UUID(said[1]))
    assert (handed.work_queue_name, pool.first.end_of(handed.id).name) == ("second", "Completed")
    assert pool.second.run("travelling").manifest.exists() and not pool.first.run("travelling").root.exists()


def test_either_machine_takes_what_is_new_and_each_has_a_limit_of_its_own(pool: Pool) -> None:
    taken = pool.first.start("anywhere")
    assert pool.first.end_of(taken).name == "Completed"
    machines = [machine for machine in (pool.first, pool.second) if machine.run("anywhere").manifest.exists()]
    assert len(machines) == 1
    with pool.first.client() as client:
        limits = {limit.name: limit.limit for limit in client.read_global_concurrency_limits()}
        tags = client.read_flow_run(taken).tags
    assert limits.items() >= {"gpu": 1, "gpu-second": 1}.items()
    assert "run:anywhere" in tags and set(tags) & {"machine:first", "machine:second"}


def test_no_secret_is_in_a_file_or_in_what_ps_shows_and_no_database_in_sqlite(pool: Pool) -> None:
    for project in (pool.first, pool.second):
        for path in (path for path in project.folder.rglob("*") if path.is_file()):
            assert not any(secret in path.read_bytes() for secret in (b"hush-hush", b"hushdatabase")), path
        commands = [" ".join(process.cmdline()) for process in project.processes()]
        assert commands and not any("hush" in command for command in commands)
        assert not (project.folder / ".prefect/prefect.db").exists()
    worker = [process for process in pool.first.processes() if "worker" in process.cmdline()]
    assert not any("hushdatabase" in str(process.environ()) for process in worker)


def test_without_the_password_nobody_comes_in(pool: Pool, project: Workspace) -> None:
    assert httpx.get(f"{pool.first.url}/api/health").status_code == 200
    assert httpx.post(f"{pool.first.url}/api/flow_runs/filter", json={}).status_code == 401
    stranger = replace(project, port=pool.first.port, variables={"PREFECT_API_AUTH_STRING": "admin:wrong"})
    refused = stranger.nyay("up", "--worker-only", "--machine", "third")
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
    assert "wants another password" in refused.stderr


def test_old_flow_runs_go_and_those_of_production_stay(pool: Pool, tmp_path: Path) -> None:
    with pool.first.client() as client:
        demo = client.read_deployment_by_name(DEMO).id
        tomorrow = Scheduled(scheduled_time=datetime.now(UTC) + timedelta(days=1))
        kept = client.create_flow_run_from_deployment(demo, state=tomorrow, tags=["run:live"]).id
        gone = client.create_flow_run_from_deployment(demo, state=tomorrow, tags=["run:dead"]).id
        waiting = client.create_flow_run_from_deployment(demo, state=tomorrow, tags=["run:dead"]).id
        for flow_run in (kept, gone):
            client.set_flow_run_state(flow_run, Cancelled())
    # A day has not gone by: the rule is made without its check.
    rule = RetentionConfig.model_construct(flow_run_days=0, tick_days=7)
    config = PipelineConfig(paths=PathsConfig(models=tmp_path)).model_copy(update={"retention": rule})
    append(journal_of(config), Entry(event="promoted", run_id="live", tag=None, sha256="s", passed=True))
    assert remove_flow_runs(Access(f"{pool.first.url}/api", PASSWORD), config) >= 1
    with pool.first.client() as client:
        assert {run.id for run in client.read_flow_runs()} & {kept, gone, waiting} == {kept, waiting}
