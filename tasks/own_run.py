"""Which flow run this process is of, and which run it makes where it was not told."""

from uuid import UUID

from prefect import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.runtime import flow_run


def own_flow_run() -> UUID:
    """The flow run of this process."""
    return UUID(str(flow_run.id))


def own_run_id() -> str:
    """The name of the run that this process's flow run makes where it was given none."""
    return run_id_of(get_client(sync_client=True).read_flow_run(own_flow_run()))


def run_id_of(flow_run: FlowRun) -> str:
    """UTC time and 8 hexadecimal digits, the same whenever the flow run is retried: it goes on where it stopped."""
    assert flow_run.created is not None
    return f"{flow_run.created:%Y%m%d-%H%M%S}-{flow_run.id.hex[-8:]}"
