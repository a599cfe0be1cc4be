"""PipelineConfig: the only home of a default, the YAML file's schema and the flow's parameter."""

from nyay_lib.config.data import DataConfig, RetrainingConfig
from nyay_lib.config.evaluation import EvaluationConfig, GateConfig, ReviewConfig, Target
from nyay_lib.config.export import LADDER, ExportConfig, FidelityConfig, FuseOnto, Quantization
from nyay_lib.config.loading import config_of, load_config
from nyay_lib.config.machine import DistributedConfig, MemoryConfig, TimeConfig
from nyay_lib.config.pipeline import PipelineConfig
from nyay_lib.config.release import NotifyConfig, RegistryConfig
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

__all__ = [
    "LADDER",
    "CheckpointingConfig",
    "DataConfig",
    "DistributedConfig",
    "EvaluationConfig",
    "ExportConfig",
    "FidelityConfig",
    "FuseOnto",
    "GateConfig",
    "LoggingConfig",
    "LoraConfig",
    "MemoryConfig",
    "ModelConfig",
    "NotifyConfig",
    "OptimizerConfig",
    "PathsConfig",
    "PipelineConfig",
    "Quantization",
    "RegistryConfig",
    "RetentionConfig",
    "RetrainingConfig",
    "ReviewConfig",
    "SchedulerConfig",
    "Target",
    "TimeConfig",
    "TrainingConfig",
    "config_of",
    "load_config",
]
