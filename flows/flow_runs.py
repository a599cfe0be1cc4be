"""A flow run of train-nyay as the server tells of it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    ArtifactFilterType,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    LogFilter,
    LogFilterFlowRunId,
    LogFilterLevel,
)
from prefect.client.schemas.objects import State, StateType, TaskRun
from prefect.client.schemas.sorting import ArtifactSort, FlowRunSort
from prefect.states import Cancelling

FLOW = "train-nyay"
WARNING, ERROR = 30, 40
ALIVE = [
    StateType.SCHEDULED,
    StateType.PENDING,
    StateType.RUNNING,
    StateType.PAUSED,
    StateType.CANCELLING,
]


@dataclass(frozen=True, slots=True)
class Step:
    """A task run: ``name`` as the step is called everywhere, and the seconds since it began, or that it took."""

    id: UUID
    name: str
    is_running: bool
    is_done: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class FlowRun:
    """A flow run on a server."""

    client: SyncPrefectClient
    id: UUID

    def state(self) -> State[Any]:
        """Raises RuntimeError for a flow run without a state, which the server never has."""
        state = self.client.read_flow_run(self.id).state
        if state is None:
            raise RuntimeError(f"flow run {self.id} has no state")
        return state

    def steps(self) -> list[Step]:
        """The tasks that have begun, in order."""
        wanted = FlowRunFilter(id=FlowRunFilterId(any_=[self.id]))
        runs = [run for run in self.client.read_task_runs(flow_run_filter=wanted) if run.start_time is not None]
        return [_step(run) for run in sorted(runs, key=lambda run: run.start_time or datetime.now(UTC))]

    def progress(self, step: Step) -> str:
        """What the step's progress bar says in the UI; nothing where it has none."""
        found = self.client.read_artifacts(
            artifact_filter=ArtifactFilter(
                flow_run_id=ArtifactFilterFlowRunId(any_=[self.id]), type=ArtifactFilterType(any_=["progress"])
            ),
            sort=ArtifactSort.UPDATED_DESC,
            limit=1,
        )
        return found[0].description or "" if found and found[0].task_run_id == step.id else ""

    def warnings(self, after: int) -> list[str]:
        """What was warned of, without the first ``after`` of it."""
        wanted = LogFilter(
            flow_run_id=LogFilterFlowRunId(any_=[self.id]), level=LogFilterLevel(ge_=WARNING, le_=ERROR - 1)
        )
        return [log.message for log in self.client.read_logs(wanted, offset=after)]

    def cancel(self) -> None:
        """As the button in the UI does."""
        self.client.set_flow_run_state(self.id, Cancelling())


def _step(run: TaskRun) -> Step:
    state = run.state
    return Step(
        id=run.id,
        # Of the function's name, which stays, whatever a task run is called in the UI.
        name=run.task_key.rpartition("-")[0].replace("_", "-"),
        is_running=state is not None and state.is_running(),
        is_done=state is not None and state.is_completed(),
        seconds=(run.total_run_time or run.estimated_run_time).total_seconds(),
    )


def find_alive(client: SyncPrefectClient, run_id: str) -> FlowRun | None:
    """The flow run that is at work, or will be, on a run; the newest if there are more."""
    alive = client.read_flow_runs(
        flow_filter=FlowFilter(name=FlowFilterName(any_=[FLOW])),
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=ALIVE))),
        sort=FlowRunSort.START_TIME_DESC,
    )
    same = [run.id for run in alive if run.parameters.get("run_id") == run_id]
    return FlowRun(client, same[0]) if same else None
