"""A run's folder: whose it is, and what is left in it."""

from pathlib import Path

import pytest

from nyay_lib.base_model.hub import HubFile
from nyay_lib.config import PathsConfig, PipelineConfig, RetentionConfig, TimeConfig, TrainingConfig
from nyay_lib.errors import ConfigError
from nyay_lib.runs import RunDir


@pytest.fixture
def config(tmp_path: Path) -> PipelineConfig:
    return PipelineConfig(paths=PathsConfig(runs=tmp_path / "runs", cache=tmp_path / "cache"))


@pytest.fixture
def run(config: PipelineConfig) -> RunDir:
    opened = RunDir.at(config.paths.runs, "a")
    opened.open(config)
    return opened


def test_a_run_that_goes_on_may_have_other_hours_and_another_rule_of_retention(
    config: PipelineConfig, run: RunDir
) -> None:
    changed = {"time": TimeConfig(train_between="21:00-07:00", timezone="UTC"), "retention": RetentionConfig(merged=3)}
    other = config.model_copy(update=changed)
    run.open(other)
    assert PipelineConfig.model_validate_json(run.config.read_bytes()) == other


def test_a_run_that_goes_on_may_have_no_other_settings(config: PipelineConfig, run: RunDir) -> None:
    other = config.model_copy(update={"training": TrainingConfig(epochs=2)})
    with pytest.raises(ConfigError, match=r"training.epochs was 3, now 2\); leave run_id empty to start a new run"):
        run.open(other)
    assert PipelineConfig.model_validate_json(run.config.read_bytes()) == config


def test_a_run_of_another_version_is_refused_in_words(config: PipelineConfig, run: RunDir) -> None:
    run.config.write_text('{"lora": {"ranks": 16}}')
    with pytest.raises(ConfigError, match=r"config.json: is of another version .*lora.ranks: .*start a new run"):
        run.open(config)


def test_what_a_killed_run_left_half_written_is_removed_when_it_goes_on(config: PipelineConfig, run: RunDir) -> None:
    left = [run.root / ".merged.abcdefgh.partial", config.paths.cache / "dataset-1" / ".val.jsonl.abcdefgh.partial"]
    for path in left:
        path.mkdir(parents=True)
    run.open(config)
    assert [path for path in left if path.exists()] == []
    assert (config.paths.cache / "dataset-1").exists()


def test_what_has_arrived_of_a_download_waits_for_the_next_run(config: PipelineConfig, run: RunDir) -> None:
    model = config.paths.cache / "0123456789abcdef" / "model"
    model.mkdir(parents=True)
    partial = HubFile("model.safetensors", 100, "0" * 64, None).partial(model)
    partial.write_bytes(b"half of it")
    run.open(config)
    assert partial.read_bytes() == b"half of it"
