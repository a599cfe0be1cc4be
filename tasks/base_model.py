"""The base model: fetched, verified, quantised."""

from prefect import task

from nyay_lib.base_model.prepared import BaseModel, prepare
from nyay_lib.config import PipelineConfig
from nyay_lib.reports.steps import base_page
from nyay_lib.runs import RunDir
from tasks.artifacts import ProgressBar, follow, publish


@task(name="download-base")
def download_base(config: PipelineConfig, run: RunDir) -> BaseModel:
    """Fetch the base at its pinned revision and make its 8-bit form once."""
    download = ProgressBar("download-base-bytes")
    events = prepare(
        config.model,
        config.paths.cache,
        run.job("download-base"),
        lambda done, total: download.show(done, total, "bytes"),
    )
    base = follow(events, "download-base").save(run.result("download-base"))
    publish("download-base", base_page(base))
    return base
