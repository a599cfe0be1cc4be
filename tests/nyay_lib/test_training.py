"""What a run is known by, and what is known of it while it runs."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from nyay_lib.attempts import Attempt
from nyay_lib.config import PipelineConfig, TrainingConfig
from nyay_lib.jobs import Checkpointed, Resumed, Started, TrainStep
from nyay_lib.ladder import Rung
from nyay_lib.training import settings_digest
from nyay_lib.watch import Watch


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


def step(number: int, loss: float) -> TrainStep:
    return TrainStep(
        step=number,
        total=10,
        loss=loss,
        learning_rate=1e-4,
        grad_norm=1.0,
        tokens=100,
        completion_tokens=40,
        seconds=2.0,
        peak_memory=1,
        process_memory=1,
    )


def test_a_step_that_is_trained_again_replaces_its_first_telling() -> None:
    watch = Watch([Attempt(number=1, rung=Rung(micro_batch=4, accumulation=4), started=datetime.now(UTC))])
    for event in (Started(pid=1, device="CPU"), step(1, 3.0), step(2, 2.9), Checkpointed(step=1)):
        watch.see(event)
    for event in (Resumed(step=1), step(2, 2.8)):
        watch.see(event)
    assert [watch.steps[n].loss for n in (1, 2)] == [3.0, 2.8]
    assert (watch.attempts[-1].from_step, watch.attempts[-1].to_step) == (1, 2)


def test_what_is_left_is_told_from_the_last_steps() -> None:
    watch = Watch([Attempt(number=1, rung=Rung(micro_batch=4, accumulation=4), started=datetime.now(UTC))])
    assert watch.latest is None
    for number in (1, 2, 3, 4):
        watch.see(step(number, 3.0))
    assert watch.tokens_per_second == pytest.approx(50.0)
    assert watch.seconds_left == pytest.approx(12.0)


def test_a_project_path_is_no_part_of_an_adapter(tmp_path: Path) -> None:
    moved = config().model_copy(update={"paths": config().paths.model_copy(update={"runs": tmp_path})})
    assert settings_digest(moved) == settings_digest(config())
