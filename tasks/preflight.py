"""What must hold before hours are spent."""

import os

from prefect import get_client, task
from prefect.exceptions import ObjectNotFound

from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import keep_to, require_version
from nyay_lib.disk_use import watch_disk
from nyay_lib.errors import PreflightError
from nyay_lib.preflight import Preflight
from nyay_lib.preflight import preflight as check
from nyay_lib.reports.checks import preflight_page
from nyay_lib.runs import RunDir, new_run_id
from tasks.artifacts import publish
from tasks.machines import mark

# A machine that is not the server's has a limit of its own.
GPU_LIMIT = os.environ.get("NYAY_GPU_LIMIT", "gpu")


@task(name="preflight")
def preflight(config: PipelineConfig, run_id: str, data_version: str) -> RunDir:
    """Check everything first, then open the run's folder. Raises PreflightError, ConfigError, DataError."""
    require_limit()
    run = RunDir.at(config.paths.runs, run_id or new_run_id())
    if data_version:
        require_version(config, run, data_version)
    checks: Preflight = check(config, run)
    publish("preflight", preflight_page(checks))
    run.open(config)
    mark(run)
    if data_version:
        keep_to(run, data_version)
    watch_disk(config, run)
    return run


def require_limit() -> None:
    """One training at a time on a machine: the server must know the limit that holds the others back."""
    try:
        get_client(sync_client=True).read_global_concurrency_limit_by_name(GPU_LIMIT)
    except ObjectNotFound as error:
        raise PreflightError(
            f"the concurrency limit {GPU_LIMIT!r} does not exist: start with `nyay up`, or run "
            f"`prefect gcl create {GPU_LIMIT} --limit 1`"
        ) from error
