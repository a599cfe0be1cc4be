"""The base model: fetched, verified, quantised."""

from typing import Any

from prefect import task

from nyay_lib.base_model.prepared import BaseModel, prepare
from nyay_lib.config import PipelineConfig
from nyay_lib.errors import HubUnreachable
from nyay_lib.reports.steps import base_page
from nyay_lib.runs import RunDir
from nyay_lib.storage import in_words
from tasks.artifacts import ProgressBar, publish
from tasks.following import follow

# The hub was there at the preflight: it will be there again.
RETRY_SECONDS = [60.0, 300.0, 900.0]


# A plain function: Prefect takes a partial or a callable object to mean "never retry".
def only_unreachable(task: Any, task_run: Any, state: Any) -> bool:
    """Whether another try is worth making: the hub, or the way to it, is what failed."""
    return isinstance(state.result(raise_on_failure=False), HubUnreachable)


@task(
    name="download-base",
    task_run_name="download-base: {config.model.name} at {config.model.quantization} bits",
    retries=len(RETRY_SECONDS),
    retry_delay_seconds=RETRY_SECONDS,
    retry_condition_fn=only_unreachable,
)
@in_words
def download_base(config: PipelineConfig, run: RunDir) -> BaseModel:
    """Fetch the base at its pinned revision and make its 8-bit form once."""
    download = ProgressBar("download-base-bytes")
    events = prepare(
        config.model,
        config.paths.cache,
        run.job("download-base"),
        lambda done, total: download.show(done, total, "bytes"),
    )
    base = follow(events, run, "download-base").save(run.result("download-base"))
    publish("download-base", base_page(base))
    return base
