"""What comes after training takes hours of its own, and the plan says them."""

from pathlib import Path

import pytest

from nyay_lib.config import PipelineConfig
from nyay_lib.planning.other_steps import STEPS, StepTime, other_steps
from tests.nyay_lib.planning.made import COSTS, rows


def steps(tmp_path: Path, parameters: int = 135_000_000, **evaluation: int) -> dict[str, StepTime]:
    folders = {name: tmp_path / name for name in ("runs", "cache", "models")}
    config = PipelineConfig.model_validate({"evaluation": evaluation, "paths": folders})
    return {step.step: step for step in other_steps(config, rows([200] * 20), COSTS, parameters, calibrated=True)}


def test_a_release_asks_two_models_one_question_at_a_time(tmp_path: Path) -> None:
    few, more = (steps(tmp_path, samples=samples, max_tokens=100) for samples in (2, 12))
    assert tuple(few) == STEPS
    grown = more["register"].seconds - few["register"].seconds
    assert grown == pytest.approx(2 * 10 * 100 * COSTS.decode_seconds, rel=0.05)
    assert few["register"].basis == "calibrated" and few["fuse"].basis == "assumed"


def test_files_take_time_by_the_parameters(tmp_path: Path) -> None:
    small, large = steps(tmp_path, samples=2), steps(tmp_path, 3_200_000_000, samples=2)
    assert large["fuse"].seconds == pytest.approx(3.2 * 40) and small["fuse"].seconds < large["fuse"].seconds
