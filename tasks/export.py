"""The adapter to one model, and the model to one file."""

from prefect import task

from nyay_lib.base_model.prepared import BaseModel
from nyay_lib.config import PipelineConfig
from nyay_lib.export.fusing import fuse as fuse_model
from nyay_lib.export.model_files import Gguf, MergedModel
from nyay_lib.export.quantizing import quantize as quantize_model
from nyay_lib.reports.steps import gguf_page, merged_page
from nyay_lib.runs import RunDir
from nyay_lib.training import Adapter
from tasks.artifacts import follow, publish


@task(name="fuse")
def fuse(run: RunDir, base: BaseModel, adapter: Adapter) -> MergedModel:
    """Base and adapter fused in f32, stored in f16."""
    merged = follow(fuse_model(run, base, adapter), "fuse")
    publish("fuse", merged_page(merged))
    return merged


@task(name="quantize")
def quantize(config: PipelineConfig, run: RunDir, base: BaseModel, merged: MergedModel) -> Gguf:
    """The F16 GGUF, quantised, loaded in llama.cpp and asked a question."""
    gguf = follow(quantize_model(config, run, base, merged), "quantize")
    publish("quantize", gguf_page(gguf))
    return gguf
