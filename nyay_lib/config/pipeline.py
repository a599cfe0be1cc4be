"""PipelineConfig: all groups of settings together, and the schedule that follows from them."""

import math
from typing import Self

import pydantic

from nyay_lib.config.data import DataConfig, RetrainingConfig
from nyay_lib.config.evaluation import EvaluationConfig, GateConfig, ReviewConfig
from nyay_lib.config.export import ExportConfig, FidelityConfig
from nyay_lib.config.machine import DistributedConfig, MemoryConfig, TimeConfig
from nyay_lib.config.release import NotifyConfig, RegistryConfig
from nyay_lib.config.section import Section
from nyay_lib.config.storage import PathsConfig, RetentionConfig
from nyay_lib.config.training import (
    CheckpointingConfig,
    LoggingConfig,
    LoraConfig,
    ModelConfig,
    OptimizerConfig,
    SchedulerConfig,
    TrainingConfig,
)


class PipelineConfig(Section):
    """Everything a run can be told. A file with only the sections of the release loads unchanged."""

    model: ModelConfig = ModelConfig()
    lora: LoraConfig = LoraConfig()
    training: TrainingConfig = TrainingConfig()
    memory: MemoryConfig = MemoryConfig()
    distributed: DistributedConfig = DistributedConfig()
    time: TimeConfig = TimeConfig()
    optimizer: OptimizerConfig = OptimizerConfig()
    scheduler: SchedulerConfig = SchedulerConfig()
    checkpointing: CheckpointingConfig = CheckpointingConfig()
    logging: LoggingConfig = LoggingConfig()
    data: DataConfig = DataConfig()
    retraining: RetrainingConfig = RetrainingConfig()
    evaluation: EvaluationConfig = EvaluationConfig()
    gate: GateConfig = GateConfig()
    review: ReviewConfig = ReviewConfig()
    export: ExportConfig = ExportConfig()
    fidelity: FidelityConfig = FidelityConfig()
    registry: RegistryConfig = RegistryConfig()
    retention: RetentionConfig = RetentionConfig()
    notify: NotifyConfig = NotifyConfig()
    paths: PathsConfig = PathsConfig()

    @pydantic.model_validator(mode="after")
    def _answers_fit(self) -> Self:
        if self.evaluation.max_tokens >= self.registry.num_ctx:
            raise ValueError(
                f"evaluation.max_tokens is {self.evaluation.max_tokens}, but registry.num_ctx leaves room for "
                f"{self.registry.num_ctx} tokens with the question: lower the first or raise the second"
            )
        return self

    @pydantic.model_validator(mode="after")
    def _ranks_share_evenly(self) -> Self:
        batch, ranks = self.training.effective_batch_size, self.distributed.ranks
        if batch % ranks:
            raise ValueError(
                f"the effective batch of {batch} rows does not divide by distributed.ranks, {ranks}: change "
                "training.gradient_accumulation, training.batch_size or the ranks"
            )
        return self

    def changed(self, *, epochs: int = 0, max_hours: float = 0.0) -> Self:
        """With other training.epochs or time.max_hours; 0 leaves them as they are."""
        training = {"epochs": epochs} if epochs else {}
        time = {"max_hours": max_hours} if max_hours else {}
        return self.model_copy(
            update={
                "training": self.training.model_copy(update=training),
                "time": self.time.model_copy(update=time),
            }
        )

    def optimizer_steps(self, rows: int) -> int:
        """S = ceil(rows / effective batch) x epochs; the last partial batch of an epoch is a step too."""
        return math.ceil(rows / self.training.effective_batch_size) * self.training.epochs

    def warmup_steps(self, rows: int) -> int:
        """W = floor(warmup_ratio x S + 0.5), at least 1 if the ratio is above 0."""
        ratio = self.training.warmup_ratio
        return max(1, math.floor(ratio * self.optimizer_steps(rows) + 0.5)) if ratio > 0 else 0

    def learning_rate(self, step: int, rows: int) -> float:
        """The rate of optimizer step ``step``, from 1: linear to the peak at W, then a cosine to the floor at S.

        Raises ValueError for a step outside 1..S.
        """
        total, warmup, peak = self.optimizer_steps(rows), self.warmup_steps(rows), self.training.learning_rate
        if not 1 <= step <= total:
            raise ValueError(f"step {step!r} is outside 1..{total}")
        if step <= warmup:
            return peak * (step / warmup)
        floor = peak * self.scheduler.min_lr_ratio
        return floor + (peak - floor) * (1 + math.cos(math.pi * (step - warmup) / (total - warmup))) / 2

    @property
    def save_every_steps(self) -> int:
        """Optimizer steps between checkpoints."""
        return self._in_steps(self.checkpointing.save_every)

    @property
    def eval_every_steps(self) -> int:
        """Optimizer steps between evaluations."""
        return self._in_steps(self.checkpointing.eval_every)

    @property
    def log_every_steps(self) -> int:
        """Optimizer steps between log lines."""
        return self._in_steps(self.logging.log_every)

    def _in_steps(self, micro_batches: int) -> int:
        """Micro-batches at the configured batch size, in optimizer steps, rounded up."""
        return math.ceil(micro_batches / self.training.gradient_accumulation)
