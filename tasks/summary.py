"""The page that ends a run."""

from prefect import task

from nyay_lib.base_model.prepared import BaseModel
from nyay_lib.data.dataset import Dataset
from nyay_lib.evaluation.compare import Evaluation
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.model_files import Gguf, MergedModel
from nyay_lib.files import write_text
from nyay_lib.registry.release import Release
from nyay_lib.reports.summary import summary_page
from nyay_lib.runs import RunDir
from nyay_lib.training import Adapter
from tasks.artifacts import publish


@task(name="run-summary")
def summarise(
    run: RunDir,
    base: BaseModel,
    data: Dataset,
    adapter: Adapter,
    evaluation: Evaluation,
    merged: MergedModel,
    gguf: Gguf,
    release: Release,
) -> None:
    """Publish the summary, and write the manifest: its presence means that the run is complete."""
    verdict = Verdict.model_validate_json((run.verdict).read_bytes())
    steps = {
        "download-base": base,
        "convert": data,
        "train": adapter,
        "evaluate": evaluation,
        "fuse": merged,
        "quantize": gguf,
        "register": release,
    }
    publish("run-summary", summary_page(steps, data, adapter, evaluation, gguf, verdict, release))
    write_text(run.manifest, release.model_dump_json(indent=2) + "\n")
