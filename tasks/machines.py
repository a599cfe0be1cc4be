"""A run stays on the machine that began it: its checkpoints lie there."""

import os
from typing import NoReturn

from prefect import get_client, get_run_logger
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterTags
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort
from prefect.exceptions import Abort
from prefect.states import Cancelled

from nyay_lib.config import PipelineConfig
from nyay_lib.runs import RunDir
from tasks.own_run import own_flow_run, own_run_id

RUN, MACHINE = "run:", "machine:"


def stay_where_begun(config: PipelineConfig, run_id: str) -> None:
    """Hand the flow run on to the machine that began the run, if that is another one; this flow run ends as cancelled.

    A run whose folder is here, since it was begun here or lies on a shared disk, goes on here.
    """
    machine = os.environ.get("NYAY_MACHINE")  # of a worker that `nyay up` started
    if machine is None:
        return
    run_id = run_id or own_run_id()  # it may be a retry
    if RunDir.at(config.paths.runs, run_id).config.exists():
        return
    client = get_client(sync_client=True)
    other = begun_on(client, run_id)
    if other is not None and other != machine:
        _hand_on(client, client.read_flow_run(own_flow_run()), run_id, other)


def mark(run: RunDir) -> None:
    """Let the flow run tell of which run it is and on which machine, beside what it tells already."""
    if machine := os.environ.get("NYAY_MACHINE"):
        client = get_client(sync_client=True)
        own = client.read_flow_run(own_flow_run())
        client.update_flow_run(own.id, tags=sorted({*own.tags, f"{RUN}{run.run_id}", f"{MACHINE}{machine}"}))


def begun_on(client: SyncPrefectClient, run_id: str) -> str | None:
    """The machine that the newest flow run of a run was on, None for a run that is new."""
    wanted = FlowRunFilter(tags=FlowRunFilterTags(all_=[f"{RUN}{run_id}"]))
    found = client.read_flow_runs(flow_run_filter=wanted, sort=FlowRunSort.START_TIME_DESC, limit=1)
    tags = found[0].tags if found else []
    return next((tag.removeprefix(MACHINE) for tag in tags if tag.startswith(MACHINE)), None)


def _hand_on(client: SyncPrefectClient, own: FlowRun, run_id: str, machine: str) -> NoReturn:
    """Start the same flow run in that machine's queue, and end this one, which has done nothing."""
    assert own.deployment_id is not None, "a worker runs deployments"
    other = client.create_flow_run_from_deployment(
        own.deployment_id, parameters=own.parameters | {"run_id": run_id}, tags=own.tags, work_queue_name=machine
    )
    message = f"run {run_id} was begun on machine {machine}: handed on to it as flow run {other.id}"
    get_run_logger().warning(message)
    ended = Abort(message)
    # The engine takes it for the flow run's end, and leaves the state as it is.
    ended.state = client.set_flow_run_state(own.id, Cancelled(message=message), force=True).state  # pyright: ignore
    raise ended
