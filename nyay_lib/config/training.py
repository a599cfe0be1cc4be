"""What is trained, and how: base model, adapter, batches, optimizer, schedule, and what is kept and told of it."""

from pathlib import Path
from typing import Literal

from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from nyay_lib.config.section import Ratio, Section


class ModelConfig(Section):
    """Which base model is tuned."""

    name: str = Field(
        default="meta-llama/Llama-3.2-3B-Instruct",
        min_length=1,
        description="Hub repository, local folder, or embedded:SmolLM2-135M-Instruct, embedded:tiny-random",
    )
    revision: str | None = Field(
        default=None, description="Commit, tag or branch on the hub; empty: main, pinned when fetched"
    )
    quantization: Literal[4, 8] = Field(
        default=8, description="Bits of the frozen base weights; 8 is the better one for law"
    )


class LoraConfig(Section):
    """Low-rank adapters (Hu et al. 2021, LoRA)."""

    rank: PositiveInt = Field(default=16, description="Columns of an adapter's matrices")
    alpha: PositiveFloat = Field(default=32, description="The adapter's output counts alpha / rank times")
    dropout: float = Field(default=0.05, ge=0.0, lt=1.0, description="Share of an adapter's inputs left out at a step")
    target_modules: tuple[str, ...] = Field(
        default=("q_proj", "k_proj", "v_proj", "o_proj"), min_length=1, description="Linear modules that are adapted"
    )

    @property
    def scale(self) -> float:
        """What the adapter's output is multiplied by: alpha / rank."""
        return self.alpha / self.rank


class TrainingConfig(Section):
    """Batch, rate and length. The effective batch is the unit of training; the micro-batch is a memory knob."""

    batch_size: PositiveInt = Field(default=4, description="Rows in a micro-batch")
    gradient_accumulation: PositiveInt = Field(default=4, description="Micro-batches in one optimizer step")
    learning_rate: PositiveFloat = Field(default=2.0e-4, description="Peak of the schedule")
    epochs: PositiveInt = Field(default=3, description="Times that each row is trained on")
    warmup_ratio: Ratio = Field(default=0.1, description="Share of all optimizer steps that the rate rises")
    max_seq_length: int = Field(
        default=2048, ge=64, description="Tokens of a row; longer inputs are shortened, never answers"
    )
    patience: NonNegativeInt = Field(
        default=3, description="Training ends when so many evaluations in a row did not improve; 0: never"
    )
    max_grad_norm: PositiveFloat = Field(default=1.0, description="The gradient is clipped to this norm")
    seed: NonNegativeInt = Field(default=0, description="Of adapters, order of rows, and dropout")

    @property
    def effective_batch_size(self) -> int:
        """Rows in one optimizer step."""
        return self.batch_size * self.gradient_accumulation


class OptimizerConfig(Section):
    """AdamW with bias correction (Loshchilov and Hutter 2019)."""

    type: Literal["adamw"] = Field(default="adamw", description="The only one there is")
    weight_decay: float = Field(default=0.01, ge=0.0, description="Share of each weight taken off, times the rate")


class SchedulerConfig(Section):
    """Linear warm-up, then a cosine down to a floor."""

    type: Literal["cosine"] = Field(default="cosine", description="The only one there is")
    min_lr_ratio: Ratio = Field(default=0.1, description="Final rate as a share of the peak")


class CheckpointingConfig(Section):
    """How often work is made safe, and where the adapter in production lies."""

    save_every: PositiveInt = Field(default=500, description="In micro-batches at the configured batch size")
    eval_every: PositiveInt = Field(default=250, description="In micro-batches at the configured batch size")
    output_dir: Path = Field(default=Path("models/nyay-ai-adapter"), description="Points at the adapter in production")


class LoggingConfig(Section):
    """What is reported while it trains."""

    log_every: PositiveInt = Field(default=10, description="In micro-batches at the configured batch size")
    wandb: bool = Field(
        default=False, description="Also report figures, never texts, to Weights & Biases; needs the extra nyay[wandb]"
    )
