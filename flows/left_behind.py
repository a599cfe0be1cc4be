"""Flow runs whose processes went down with the machine, the worker or the server: their states are put right.

Else they would be running for ever, and hold the place of those that wait.
"""

from collections.abc import Iterator
from contextlib import suppress

import psutil
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.states import Cancelled, Crashed, Scheduled

from tasks.machines import MACHINE

UNFINISHED = ["RUNNING", "PENDING", "CANCELLING"]


def settle(client: SyncPrefectClient, machine: str) -> Iterator[str]:
    """Put right what no process of this machine is at work on; yields a line for each run.

    To be called before a worker starts. Runs of other machines' workers are left to the heartbeats.
    """
    unfinished = FlowRunFilter.model_validate({"state": {"type": {"any_": UNFINISHED}}})
    alive = set(_alive())
    for run in client.read_flow_runs(flow_run_filter=unfinished):
        if run.deployment_id is not None and str(run.id) not in alive and _may_be_of(machine, run):
            client.set_flow_run_state(run.id, truth(run), force=True)
            yield f"{run.name} was left behind: {truth(run).message}"


def truth(run: FlowRun) -> State[None]:
    """What an unfinished run is when no process is at work on it."""
    match run.state_type:
        case StateType.PENDING:
            return Scheduled(message="It had not begun when the machine or the server went down. It begins now.")
        case StateType.CANCELLING:
            return Cancelled(message="It was being cancelled when the machine or the server went down.")
        case _:
            return Crashed(
                message="Its process ended with the machine or the server. "
                f"`prefect flow-run retry {run.id}` goes on where it stopped."
            )


def _may_be_of(machine: str, run: FlowRun) -> bool:
    """Whether a run is of this machine's worker, or does not say of which."""
    machines = [tag for tag in run.tags if tag.startswith(MACHINE)]
    return not machines or f"{MACHINE}{machine}" in machines


def _alive() -> Iterator[str]:
    """The flow runs that processes of this machine are at work on: such as outlived a `nyay up` that was killed."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            yield process.environ().get("PREFECT__FLOW_RUN_ID", "")
