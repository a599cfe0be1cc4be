"""A plan without the base: nothing is downloaded, and every assumption is named."""

from pathlib import Path

import pytest

from nyay_lib.base_model.source import SourceCheck
from nyay_lib.config import ModelConfig, PipelineConfig
from nyay_lib.errors import BaseModelError, DataError
from nyay_lib.planning.unprepared import is_on_disk, named_size, plan_unprepared

SAMPLES = Path(__file__).parents[3] / "data" / "sample"


@pytest.fixture
def config(tmp_path: Path) -> PipelineConfig:
    return PipelineConfig.model_validate(
        {
            "data": {"train": SAMPLES / "train.jsonl", "validation": SAMPLES / "val.jsonl"},
            "registry": {"register": "never"},
            "paths": {"cache": tmp_path / "cache", "runs": tmp_path / "runs"},
        }
    )


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("meta-llama/Llama-3.2-3B-Instruct", 3_000_000_000),
        ("HuggingFaceTB/SmolLM2-135M-Instruct", 135_000_000),
        ("Qwen/Qwen2.5-0.5B", 500_000_000),
        ("some/model-v2", None),
    ],
)
def test_a_name_may_tell_the_size(name: str, parameters: int | None) -> None:
    assert named_size(ModelConfig(name=name)) == parameters


def test_what_is_not_known_is_assumed_and_said(config: PipelineConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    def listed(model: ModelConfig, cache: Path) -> SourceCheck:
        return SourceCheck(missing_bytes=6_400_000_000, total_bytes=6_400_000_000, parameters=3_212_749_824)

    monkeypatch.setattr("nyay_lib.planning.unprepared.check_source", listed)
    plan = plan_unprepared(config)
    assert not is_on_disk(config) and not plan.calibrated and plan.rows == 44
    assert "not calibrated" in plan.warnings[0] and "3.21 billion parameters" in plan.warnings[0]
    assert plan.disks[0].peak > 20e9 and not config.paths.cache.exists()


def test_a_hub_that_does_not_answer_leaves_the_name(config: PipelineConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(model: ModelConfig, cache: Path) -> SourceCheck:
        raise BaseModelError(f"{model.name}: nobody answers")

    monkeypatch.setattr("nyay_lib.planning.unprepared.check_source", silent)
    assert "by its name" in plan_unprepared(config).assumptions[0]
    unknown = config.model_copy(update={"model": ModelConfig(name="some/model")})
    with pytest.raises(BaseModelError, match="nobody answers; without it, nothing is known of the size"):
        plan_unprepared(unknown)


def test_records_that_are_not_there(config: PipelineConfig, tmp_path: Path) -> None:
    missing = config.data.model_copy(update={"train": tmp_path / "none.jsonl"})
    with pytest.raises((DataError, BaseModelError)):
        plan_unprepared(config.model_copy(update={"data": missing}))
