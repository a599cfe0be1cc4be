"""What a run is known by."""

from pathlib import Path

from nyay_lib.config import PipelineConfig, TrainingConfig
from nyay_lib.training import settings_digest


def config(batch_size: int = 4, accumulation: int = 4, **training: object) -> PipelineConfig:
    settings = {"batch_size": batch_size, "gradient_accumulation": accumulation, **training}
    return PipelineConfig(training=TrainingConfig.model_validate(settings))


def test_settings_are_the_same_for_the_same_effective_batch_only() -> None:
    interval = {"checkpointing": {"save_every": 500, "eval_every": 4}}
    whole = PipelineConfig.model_validate({"training": {"batch_size": 4, "gradient_accumulation": 4}, **interval})
    half = PipelineConfig.model_validate(
        {"training": {"batch_size": 2, "gradient_accumulation": 8}, "checkpointing": {"eval_every": 8}}
    )
    assert settings_digest(whole) == settings_digest(half)
    assert settings_digest(whole) != settings_digest(config(learning_rate=1e-3))


def test_a_project_path_is_no_part_of_an_adapter(tmp_path: Path) -> None:
    moved = config().model_copy(update={"paths": config().paths.model_copy(update={"runs": tmp_path})})
    assert settings_digest(moved) == settings_digest(config())
