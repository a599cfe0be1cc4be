"""What must hold before hours are spent."""

import os

from prefect import get_client, task
from prefect.exceptions import ObjectNotFound

from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import keep_to, require_version
from nyay_lib.disk_use import watch_disk
from nyay_lib.errors import PreflightError
from nyay_lib.preflight import preflight as check
from nyay_lib.reports.checks import preflight_page
from nyay_lib.runs import RunDir
from nyay_lib.storage import in_words
from tasks.artifacts import publish
from tasks.machines import mark
from tasks.own_run import own_flow_run, own_run_id

# A machine that is not the server's has a limit of its own.
GPU_LIMIT = os.environ.get("NYAY_GPU_LIMIT", "gpu")
RUN_LABEL = "nyay.run"


@task(name="preflight", task_run_name="preflight: {config.model.name}")
@in_words
def preflight(config: PipelineConfig, run_id: str, data_version: str) -> RunDir:
    """Check everything first, then open the run's folder. Raises PreflightError, ConfigError, DataError."""
    require_limit()
    run = RunDir.at(config.paths.runs, run_id or own_run_id())
    call_flow_run_after(run)
    if data_version:
        require_version(config, run, data_version)
    check(config, run, lambda checks: publish("preflight", preflight_page(checks)))
    run.open(config)
    mark(run)
    if data_version:
        keep_to(run, data_version)
    watch_disk(config, run)
    return run


def call_flow_run_after(run: RunDir) -> None:
    """Flow run and folder go by one name, and a label says which folder it is, whatever the name becomes."""
    this = own_flow_run()
    with get_client(sync_client=True) as client:
        client.update_flow_run(this, name=f"train-{run.run_id}")
        client.update_flow_run_labels(this, {RUN_LABEL: run.run_id})


def require_limit() -> None:
    """One training at a time on a machine: the server must know the limit that holds the others back."""
    try:
        get_client(sync_client=True).read_global_concurrency_limit_by_name(GPU_LIMIT)
    except ObjectNotFound as error:
        raise PreflightError(
            f"the concurrency limit {GPU_LIMIT!r} does not exist: start with `nyay up`, or run "
            f"`prefect gcl create {GPU_LIMIT} --limit 1`"
        ) from error
