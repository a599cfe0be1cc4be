"""Jobs that train, or come before it: quantise the base, measure its pace."""

from pathlib import Path
from typing import Literal

from nyay_lib.config import LoraConfig, PipelineConfig
from nyay_lib.frozen import Frozen


class QuantizeBaseJob(Frozen):
    """Hugging Face folder to an MLX folder with ``bits``-bit weights."""

    kind: Literal["quantize_base"] = "quantize_base"
    source: Path
    target: Path
    bits: int


class CalibrateJob(Frozen):
    """Measure what a few micro-batches take, in about ``seconds`` beside the loading of the base."""

    kind: Literal["calibrate"] = "calibrate"
    base: Path
    lora: LoraConfig
    seconds: float


class TrainJob(Frozen):
    """Train, or go on from the newest checkpoint. ``micro_batch`` changes memory, not the result.

    ``start`` is an adapter of the same shape that training begins with, None for a new one.
    """

    kind: Literal["train"] = "train"
    config: PipelineConfig
    base: Path
    train: Path
    validation: Path
    checkpoints: Path
    adapter: Path
    fingerprints: dict[str, str]
    micro_batch: int
    gradient_checkpointing: bool
    start: Path | None = None
