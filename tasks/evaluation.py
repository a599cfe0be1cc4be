"""Base against tuned."""

from prefect import task

from nyay_lib.base_model.prepared import BaseModel
from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.evaluation.compare import SAMPLES, Evaluation, require_hope
from nyay_lib.evaluation.compare import evaluate as evaluate_models
from nyay_lib.reports.evaluation import evaluation_page
from nyay_lib.runs import RunDir
from nyay_lib.storage import in_words
from nyay_lib.training import Adapter
from tasks.artifacts import publish
from tasks.following import follow


@task(
    name="evaluate",
    task_run_name="evaluate: base against tuned, {data.validation.rows:,} rows",
)
@in_words
def evaluate(config: PipelineConfig, run: RunDir, base: BaseModel, data: Dataset, adapter: Adapter) -> Evaluation:
    """Validation loss, ROUGE-L and speed of both models, with their answers side by side; a hopeless run ends here."""
    evaluation = follow(evaluate_models(config, run, base, data, adapter), run, "evaluate")
    publish("evaluate", evaluation_page(evaluation, SAMPLES.validate_json(evaluation.samples.read_bytes())))
    require_hope(config, evaluation)
    return evaluation
