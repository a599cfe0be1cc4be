"""The whole way from court records to a model that answers."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.parameters import Epochs, Hours, RunName, VersionName
from nyay_lib.config import PipelineConfig
from nyay_lib.registry.release import Release
from tasks.base_model import download_base
from tasks.court_data import nothing_new
from tasks.data import convert
from tasks.evaluation import evaluate
from tasks.export import fuse, quantize
from tasks.machines import stay_where_begun
from tasks.preflight import preflight
from tasks.registry import register
from tasks.stages import tell_what_stands
from tasks.summary import summarise
from tasks.training import train


@flow(
    name="train-nyay",
    on_failure=[tell_what_stands],
    on_crashed=[tell_what_stands],
    on_cancellation=[tell_what_stands],
)
def train_nyay(
    run_id: RunName = "",
    data_version: VersionName = "",
    epochs: Epochs = 0,
    max_hours: Hours = 0.0,
    only_if_new: bool = False,
    config: PipelineConfig = PipelineConfig(),
) -> Release | State[Any]:
    """Fine-tune the base model on court records, measure it, and release it if it is better than what serves now.

    Args:
        run_id: Name of the run: lower-case letters, digits, hyphens. Empty starts a new run; an earlier run's name goes
            on where it stopped.
        data_version: Version of the data, 16 hexadecimal digits, as `nyay data report` names it. Empty: the data as
            they are now.
        epochs: Times that each row is trained on. 0: as the configuration says (training.epochs).
        max_hours: Hours that training may take; a longer plan is made to fit. 0: as the configuration says
            (time.max_hours).
        only_if_new: End at once if a run has trained on these data before.
        config: Everything else that the run can be told; config/training_config.yaml holds the release's values.
    """
    config = config.changed(epochs=epochs, max_hours=max_hours)
    if only_if_new and (reason := nothing_new(config)):
        return Completed(name="NothingNew", message=reason)
    stay_where_begun(config, run_id)
    run = preflight(config, run_id, data_version)
    base = download_base(config, run)
    data = convert(config, run, base)
    adapter = train(config, run, base, data)
    evaluation = evaluate(config, run, base, data, adapter)
    merged = fuse(config, run, base, data, adapter)
    gguf = quantize(config, run, base, data, adapter, merged)
    release = register(config, run, base, data, adapter, evaluation, merged, gguf)
    summarise(config, run, base, data, adapter, evaluation, merged, gguf, release)
    return release
