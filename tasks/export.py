"""The adapter to one model, and the model to one file."""

from prefect import task

from nyay_lib.base_model.prepared import BaseModel
from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.data.languages import languages_of
from nyay_lib.export.fusing import fuse as fuse_model
from nyay_lib.export.measuring import Tuned
from nyay_lib.export.model_card import has_card, write_card
from nyay_lib.export.model_files import Gguf, MergedModel
from nyay_lib.export.quantizing import quantize as quantize_model
from nyay_lib.reports.model_card import Facts, model_card, notice
from nyay_lib.reports.quantising import gguf_page
from nyay_lib.reports.steps import merged_page
from nyay_lib.runs import RunDir
from nyay_lib.storage import in_words
from nyay_lib.training import Adapter
from tasks.artifacts import publish
from tasks.following import follow


@task(name="fuse", task_run_name="fuse: step {adapter.best_step:,} of {adapter.steps:,} into the base")
@in_words
def fuse(config: PipelineConfig, run: RunDir, base: BaseModel, data: Dataset, adapter: Adapter) -> MergedModel:
    """Base and adapter fused in f32, stored in f16, with a card that says what they are."""
    merged = follow(fuse_model(config, run, base, adapter), run, "fuse")
    if not has_card(run):
        facts = Facts(config, run.run_id, languages_of(data.train_file), base, data, adapter, merged)
        write_card(run, model_card(facts), notice(facts))
    publish("fuse", merged_page(merged))
    return merged


@task(name="quantize", task_run_name="quantize: {config.export.quantization}")
@in_words
def quantize(
    config: PipelineConfig, run: RunDir, base: BaseModel, data: Dataset, adapter: Adapter, merged: MergedModel
) -> Gguf:
    """The F16 GGUF and what is quantised from it, every stage held against the one before, and asked a question."""
    gguf = follow(quantize_model(config, run, Tuned(base, adapter, merged, data)), run, "quantize")
    publish("quantize", gguf_page(gguf))
    return gguf
