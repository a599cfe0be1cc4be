"""The whole way from court records to a model that answers."""

from prefect import flow

from nyay_lib.config import PipelineConfig
from nyay_lib.registry.release import Release
from tasks.base_model import download_base
from tasks.data import convert
from tasks.evaluation import evaluate
from tasks.export import fuse, quantize
from tasks.machines import stay_where_begun
from tasks.preflight import preflight
from tasks.registry import register
from tasks.summary import summarise
from tasks.training import train


@flow(name="train-nyay")
def train_nyay(config: PipelineConfig = PipelineConfig(), run_id: str | None = None) -> Release:
    """Fine-tune the base model on court records, measure it, and release it if it is better than what serves now.

    Args:
        config: Everything the run can be told; config/training_config.yaml holds the release's values.
        run_id: Name of the run's folder. Empty starts a new run; an earlier run's name goes on where it stopped.
    """
    stay_where_begun(config, run_id)
    run = preflight(config, run_id)
    base = download_base(config, run)
    data = convert(config, run, base)
    adapter = train(config, run, base, data)
    evaluation = evaluate(config, run, base, data, adapter)
    merged = fuse(config, run, base, data, adapter)
    gguf = quantize(config, run, base, data, adapter, merged)
    release = register(config, run, base, data, adapter, evaluation, merged, gguf)
    summarise(config, run, base, data, adapter, evaluation, merged, gguf, release)
    return release
