"""New court data: looked for, and announced when there is enough of it to train on."""

import time
from collections.abc import Iterator

from prefect import get_client, get_run_logger, task
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort
from prefect.events import emit_event
from prefect.exceptions import ObjectNotFound

from nyay_lib.config import PipelineConfig
from nyay_lib.data.novelty import Arrival, look_for_arrivals, trained_before
from nyay_lib.nights import now
from nyay_lib.reports.court_data import court_data_page
from nyay_lib.runs import RunDir
from tasks.artifacts import publish

ARRIVED = "nyay.court-data.arrived"
TRAINING = "train-nyay/local"
# The server's automation starts the run a moment after the event; a busy one takes its time.
START_SECONDS = 120.0
LOOKED_THROUGH = 200


@task(name="look-for-court-data", task_run_name="look-for-court-data: {config.data.incoming}")
def look(config: PipelineConfig) -> Arrival:
    """Take what arrived in data.incoming, make the version of it, and count what is new."""
    return look_for_arrivals(config)


@task(name="look-for-news", task_run_name="look-for-news: {config.data.train}")
def nothing_new(config: PipelineConfig) -> str | None:
    """In words: a run has trained on all that is there today; None if not."""
    run = trained_before(config)
    return f"run {run} has trained on all data that are there" if run else None


@task(name="announce-court-data", task_run_name="announce-court-data: {arrival.new_cases:,} new cases")
def announce(config: PipelineConfig, arrival: Arrival) -> str:
    """Start a run if there is enough that is new, by an event; says what came of it."""
    outcome = _outcome(config, arrival)
    get_run_logger().info(outcome)
    publish("court-data", court_data_page(arrival, outcome))
    return outcome


def _outcome(config: PipelineConfig, arrival: Arrival) -> str:
    if arrival.version is None:
        return f"Nothing has arrived in {config.data.incoming}."
    if not arrival.is_enough:
        return f"{arrival.new_cases:,} new cases wait for more: {arrival.wanted:,} start a run."
    if RunDir.at(config.paths.runs, arrival.run_id).root.exists() or _run_of(arrival):
        return f"Run {arrival.run_id} was started for these {arrival.new_cases:,} new cases already."
    if busy := next(filter(_is_at_work, _runs()), None):
        return f"{arrival.new_cases:,} new cases wait until the run {busy.name} has ended."
    return _started(arrival)


def _started(arrival: Arrival) -> str:
    """Announce the version, and wait until its run is there: what nobody heard is announced again next time."""
    assert arrival.version is not None
    emit_event(
        ARRIVED,
        resource={"prefect.resource.id": f"nyay.court-data.{arrival.version.name}"},
        payload={
            "version": arrival.version.name,
            "path": str(arrival.version.folder),
            "run_id": arrival.run_id,
            "new_cases": arrival.new_cases,
        },
    )
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if run := _run_of(arrival):
            return f"Run {arrival.run_id} was started for {arrival.new_cases:,} new cases: {run.name}."
        time.sleep(0.5)
    return (
        f"{arrival.new_cases:,} new cases were announced, but no run of {TRAINING} came of it: is its automation "
        "switched on? They are announced again next time."
    )


def _run_of(arrival: Arrival) -> FlowRun | None:
    """The run for this version, whatever has become of it."""
    return next((run for run in _runs() if run.parameters.get("run_id") == arrival.run_id), None)


def _is_at_work(run: FlowRun) -> bool:
    """Whether a run has not ended and is not put off to a later day, as the weekly one is."""
    put_off = run.state_name == "Scheduled" and run.next_scheduled_start_time and run.next_scheduled_start_time > now()
    return not put_off and (run.state is None or not run.state.is_final())


def _runs() -> Iterator[FlowRun]:
    """The newest runs of the deployment that the event starts, newest first."""
    with get_client(sync_client=True) as client:
        try:
            deployment = client.read_deployment_by_name(TRAINING).id
        except ObjectNotFound:
            return
        yield from client.read_flow_runs(
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[deployment])),
            sort=FlowRunSort.EXPECTED_START_TIME_DESC,
            limit=LOOKED_THROUGH,
        )
