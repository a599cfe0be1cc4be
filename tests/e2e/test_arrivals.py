"""New court data, from a file that is dropped to a model that trained on it; and machines that train one at a time."""

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
import yaml
from prefect.client.schemas.objects import FlowRun

from data.sample.generate import generate
from nyay_lib.config import load_config
from tests.e2e.workspace import RUN_SECONDS, Workspace, final, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]

LOCAL, WATCH = "train-nyay/local", "watch-court-data/local"
TICK_SECONDS = 40  # a look takes some ten seconds of a core
CONFIG = Path("config/training_config.yaml")
DATA = {"incoming": "data/incoming", "versions": "data/versions", "decisions": "data/decisions.jsonl"}


@pytest.fixture(scope="module")
def court(tmp_path_factory: pytest.TempPathFactory, no_ollama: str) -> Workspace:
    """A project whose release is the tiny model, which looks for new court data every few seconds."""
    folder = tmp_path_factory.mktemp("court")
    made = Workspace.make(folder, OLLAMA_HOST=no_ollama, PREFECT_WORKER_QUERY_SECONDS="1")
    config = load_config(folder / "config/tiny.yaml").model_dump(mode="json", by_alias=True)
    config |= {"data": config["data"] | DATA, "retraining": {"new_cases": 20}}
    config["training"] |= {"epochs": 1, "max_seq_length": 384}
    config["evaluation"] |= {"samples": 4, "max_tokens": 8}
    (folder / CONFIG).write_text(yaml.safe_dump(config))
    deployments = (folder / "prefect.yaml").read_text()
    assert "interval: 900" in deployments
    (folder / "prefect.yaml").write_text(deployments.replace("interval: 900", f"interval: {TICK_SECONDS}"))
    (folder / "data/incoming").mkdir()
    return made


@pytest.fixture(scope="module")
def up(court: Workspace) -> Iterator[ExitStack]:
    """Its `nyay up`, which a test may end and start anew."""
    with ExitStack() as stack:
        stack.enter_context(court.up())
        yield stack


def test_what_arrives_is_trained_on_once(court: Workspace, up: ExitStack, tmp_path: Path) -> None:
    arrive(court, tmp_path, "first.jsonl", rows=50, seed=1)
    first = trained(court, 1)
    pages = [court.markdown(look.id, "court-data") for look in looks(court)]
    assert sum(f"Run {first.parameters['run_id']} was started for" in page for page in pages) >= 1

    shutil.copy(court.folder / "data/incoming/first.jsonl", court.folder / "data/incoming/again.jsonl")
    assert "wait for more" in tick(court)
    assert len(runs(court)) == 1

    up.close()
    arrive(court, tmp_path, "second.jsonl", rows=1_150, seed=2)
    up.enter_context(court.up())
    second = trained(court, 2)
    assert second.parameters["data_version"] != first.parameters["data_version"]
    tick(court)
    assert len(runs(court)) == 2


def test_of_three_triggers_at_once_one_trains_at_a_time(court: Workspace, up: ExitStack) -> None:
    started = [court.start("one"), court.start("two"), court.start("three", LOCAL)]
    most = 0

    def ended() -> bool:
        nonlocal most
        most = max(most, len(trainers(court)))
        with court.client() as client:
            return all(final(client.read_flow_run(flow_run).state) for flow_run in started)

    wait_until(ended, RUN_SECONDS)
    assert [court.end_of(flow_run).name for flow_run in started] == ["Completed"] * 3
    assert most == 1
    waited = {state for flow_run in started[:2] for state in court.history(flow_run)}
    assert "AwaitingConcurrencySlot" in waited


def arrive(court: Workspace, folder: Path, name: str, rows: int, seed: int) -> None:
    """Drop a file of new records; its cases are half as many."""
    generate(folder / name, rows=rows, seed=seed, mean_words=60)
    shutil.copy(folder / name / "train.jsonl", court.folder / "data/incoming" / name)


def runs(court: Workspace) -> list[FlowRun]:
    """The runs that new data started."""
    return [run for run in court.runs_of(LOCAL) if str(run.parameters["run_id"]).startswith("data-")]


def trained(court: Workspace, count: int) -> FlowRun:
    """The run that new data started, the ``count``-th of all, when it is done; it trained on the newest version."""
    wait_until(lambda: len(runs(court)) == count and final(runs(court)[-1].state), RUN_SECONDS)
    run = runs(court)[-1]
    assert run.state and run.state.is_completed(), run.state
    made, version = court.run(str(run.parameters["run_id"])), str(run.parameters["data_version"])
    assert made.manifest.exists()
    assert str(json.loads(made.result("convert").read_bytes())["version"]).startswith(version)
    assert f"# Data version {version}" in court.nyay("data", "report", "--config", str(CONFIG)).stdout
    return run


def tick(court: Workspace) -> str:
    """What the watcher says that starts next."""
    start = datetime.now(UTC)

    def later() -> list[FlowRun]:
        return [run for run in looks(court) if run.start_time and run.start_time > start]

    wait_until(lambda: bool(later()), RUN_SECONDS)
    return court.markdown(later()[0].id, "court-data")


def looks(court: Workspace) -> list[FlowRun]:
    """The watcher's runs that completed."""
    return [run for run in court.runs_of(WATCH) if run.state and run.state.is_completed()]


def trainers(court: Workspace) -> list[psutil.Process]:
    """The children that train."""
    return [one for one in court.processes() if one.is_running() and trains(one)]


def trains(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.cmdline()[-1:] != [] and process.cmdline()[-1].endswith("jobs/train/job.json")
    return False
