"""Records to conversations."""

from prefect import task

from nyay_lib.base_model.prepared import BaseModel
from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset, version_of
from nyay_lib.data.dataset import convert as convert_records
from nyay_lib.data.replay import start_of
from nyay_lib.reports.data import certificate_page, data_page, kept_out_page
from nyay_lib.runs import RunDir
from nyay_lib.storage import in_words
from tasks.artifacts import publish


@task(name="convert", task_run_name="convert: {config.data.train}, {config.data.validation}")
@in_words
def convert(config: PipelineConfig, run: RunDir, base: BaseModel) -> Dataset:
    """Examine the records, fit each into the token budget, and write them as conversations."""
    # A run that goes on keeps to its version and its start, whatever arrived or was released since.
    data = convert_records(config, base, version_of(run), start_of(config, run, base)).save(run.result("convert"))
    publish("convert", data_page(config, data))
    publish("kept-out", kept_out_page(data))
    publish("leak-certificate", certificate_page(data))
    return data
