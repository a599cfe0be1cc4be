"""What the server knows of a flow run: its steps, their pages, and how to take the run up again."""

import json
import shlex
import time
from collections import defaultdict
from typing import Any
from uuid import UUID

from prefect import get_client
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun, State, TaskRun
from prefect.logging.loggers import flow_run_logger
from pydantic import ValidationError

from nyay_lib.config import PipelineConfig
from nyay_lib.reports.stages import STEPS, Became, Stage
from nyay_lib.reports.unfinished import unfinished_page
from nyay_lib.runs import RunDir
from tasks.artifacts import path_of, publish_for, published
from tasks.preflight import RUN_LABEL

# Pages of a step that are not named after it.
PAGES_OF = {
    "kept-out": "convert",
    "leak-certificate": "convert",
    "plan": "train",
    "evaluation": "register",
    "samples": "register",
}
# The states of tasks reach the server a moment after the flow's own.
SETTLE_SECONDS = 5.0
# Not told again: the run's name is, and a run that is taken up goes on whatever it was started for.
OTHERWISE = ("run_id", "only_if_new")
EXCEPTION = "Flow run encountered an exception: "


def pages_by_step(flow_run: object) -> dict[str, dict[str, str]]:
    """Addresses of all pages of a flow run by step and key; tables and percentages are not pages."""
    pages: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for key, artifact in sorted(published(flow_run_id=flow_run).items(), key=lambda item: len(item[0])):
        if artifact.type == "markdown":
            page = key.removesuffix("-log")
            pages[PAGES_OF.get(page, page)][key] = path_of(artifact.id)
    return pages


def tell_what_stands(flow: Any, flow_run: FlowRun, state: State[Any]) -> None:
    """Publish ``run-summary`` for a run that failed, crashed or was cancelled. A hook of the flow, in any process."""
    with get_client(sync_client=True) as client:
        flow_run = client.read_flow_run(flow_run.id)
    label = flow_run.labels.get(RUN_LABEL)
    run_id = str(label) if label else None
    stages = unfinished(flow_run, run_id, patience=SETTLE_SECONDS if state.is_failed() else 0)
    why = (state.message or "").removeprefix(EXCEPTION)
    ended = {"FAILED": "failed", "CRASHED": "crashed"}.get(state.type, "cancelled")
    page = unfinished_page(run_id, ended, why, stages, resume_command(flow_run, run_id))
    flow_run_logger(flow_run, flow).info("%s", publish_for(flow_run.id, "run-summary", page))


def unfinished(flow_run: FlowRun, run_id: str | None, patience: float) -> list[Stage]:
    """The steps of a run as far as it came."""
    tasks, pages, run = settled_tasks(flow_run.id, patience), pages_by_step(flow_run.id), find_run(flow_run, run_id)
    return [Stage(name, became(tasks.get(name), run, name), seconds_of(tasks.get(name)), pages[name]) for name in STEPS]


def settled_tasks(flow_run: UUID, patience: float) -> dict[str, TaskRun]:
    """The task runs by the names of their tasks, as soon as all are final or so many seconds have passed."""
    deadline = time.monotonic() + patience
    while True:
        with get_client(sync_client=True) as client:
            found = client.read_task_runs(flow_run_filter=FlowRunFilter.model_validate({"id": {"any_": [flow_run]}}))
        if all(task.state and task.state.is_final() for task in found) or time.monotonic() >= deadline:
            return {task.name.partition(":")[0]: task for task in found}
        time.sleep(0.2)


def find_run(flow_run: FlowRun, run_id: str | None) -> RunDir | None:
    """The run's folder, where the configuration says where that is."""
    try:
        config = PipelineConfig.model_validate(flow_run.parameters.get("config", {}))
    except ValidationError:
        return None
    return RunDir.at(config.paths.runs, run_id) if run_id else None


def became(task: TaskRun | None, run: RunDir | None, name: str) -> Became:
    """What the server, and the time of the step's result, say of a step."""
    if task is None or task.state is None or task.start_time is None:
        return "not reached"
    if task.state.is_completed():
        result = run and run.result(name)
        is_older = result and result.exists() and result.stat().st_mtime < task.start_time.timestamp()
        return "reused" if is_older else "done"
    return "failed" if task.state.is_failed() else "stopped"


def seconds_of(task: TaskRun | None) -> float | None:
    return task.estimated_run_time.total_seconds() if task else None


def resume_command(flow_run: FlowRun, run_id: str | None) -> str:
    """What takes the run up again, with those of its parameters that the deployment does not give by itself."""
    name, given = "local", dict[str, Any]()
    if flow_run.deployment_id:
        with get_client(sync_client=True) as client:
            deployment = client.read_deployment(flow_run.deployment_id)
        name, given = deployment.name, deployment.parameters
    own = {key: value for key, value in flow_run.parameters.items() if key not in OTHERWISE and given.get(key) != value}
    told = ({"run_id": run_id} if run_id else {}) | {key: json.dumps(value) for key, value in own.items()}
    words = [f"-p {shlex.quote(f'{key}={value}')}" for key, value in told.items()]
    return " ".join([f"prefect deployment run 'train-nyay/{name}'", *words])
