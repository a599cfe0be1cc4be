"""PipelineConfig: the release's file, the schedule's arithmetic, and what bad input is told."""

import math
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from nyay_lib.config import PipelineConfig, TrainingConfig, load_config
from nyay_lib.errors import ConfigError

PROJECT = Path(__file__).parents[2]
RELEASE = """
model: {name: meta-llama/Llama-3.2-3B-Instruct, quantization: 8}
lora: {rank: 16, alpha: 32, dropout: 0.05, target_modules: [q_proj, k_proj, v_proj, o_proj]}
training: {batch_size: 4, gradient_accumulation: 4, learning_rate: 2.0e-4, epochs: 3, warmup_ratio: 0.1,
  max_seq_length: 2048}
optimizer: {type: adamw, weight_decay: 0.01}
scheduler: {type: cosine, min_lr_ratio: 0.1}        # final rate is 10 % of the first
checkpointing: {save_every: 500, eval_every: 250, output_dir: models/nyay-ai-adapter}
logging: {log_every: 10, wandb: false}
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text)
    return path


def with_batch(batch_size: int, accumulation: int, epochs: int = 3) -> PipelineConfig:
    training = TrainingConfig(batch_size=batch_size, gradient_accumulation=accumulation, epochs=epochs)
    return PipelineConfig(training=training)


def test_the_releases_file_loads_unchanged_and_is_the_default(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, RELEASE))
    assert config == PipelineConfig() == load_config(PROJECT / "config" / "training_config.yaml")
    shown = config.model_dump(mode="json", by_alias=True)
    for section, keys in yaml.safe_load(RELEASE).items():
        assert {key: shown[section][key] for key in keys} == keys


def test_the_releases_derived_values() -> None:
    config = PipelineConfig()
    assert config.lora.scale == 2.0
    assert config.training.effective_batch_size == 16
    assert config.optimizer_steps(7200) == 1350
    assert config.warmup_steps(7200) == 135
    assert (config.save_every_steps, config.eval_every_steps, config.log_every_steps) == (125, 63, 3)


def test_a_partial_batch_at_the_end_of_an_epoch_is_a_step() -> None:
    assert with_batch(4, 4, epochs=2).optimizer_steps(17) == 4


def test_the_rate_rises_to_the_peak_at_the_end_of_warm_up_and_ends_on_the_floor() -> None:
    config = PipelineConfig()
    assert config.learning_rate(1, 7200) == pytest.approx(2e-4 / 135)
    assert config.learning_rate(135, 7200) == pytest.approx(2e-4)
    middle = 135 + (1350 - 135) / 2
    assert config.learning_rate(math.floor(middle), 7200) == pytest.approx(1.1e-4, rel=2e-3)
    assert config.learning_rate(1350, 7200) == pytest.approx(2e-5)


@pytest.mark.parametrize("step", [0, -1, 1351])
def test_a_step_outside_the_run_has_no_rate(step: int) -> None:
    with pytest.raises(ValueError, match="outside 1..1350"):
        PipelineConfig().learning_rate(step, 7200)


@given(rows=st.integers(1, 50_000), epochs=st.integers(1, 5))
def test_halving_the_micro_batch_changes_no_schedule(rows: int, epochs: int) -> None:
    whole, half = with_batch(4, 4, epochs), with_batch(2, 8, epochs)
    assert whole.training.effective_batch_size == half.training.effective_batch_size
    steps = whole.optimizer_steps(rows)
    assert steps == half.optimizer_steps(rows)
    assert whole.warmup_steps(rows) == half.warmup_steps(rows)
    for step in {1, steps // 2 or 1, steps}:
        assert whole.learning_rate(step, rows) == half.learning_rate(step, rows)


@given(rows=st.integers(1, 50_000))
def test_the_rate_is_never_above_the_peak_and_never_zero(rows: int) -> None:
    config = PipelineConfig()
    for step in {1, config.warmup_steps(rows), config.optimizer_steps(rows)}:
        assert 0 < config.learning_rate(step, rows) <= config.training.learning_rate


def test_without_warm_up_the_first_step_is_below_the_peak_already() -> None:
    config = PipelineConfig(training=TrainingConfig(warmup_ratio=0.0))
    assert config.warmup_steps(7200) == 0
    assert config.learning_rate(1, 7200) < config.training.learning_rate


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "training:\n  lerning_rate: 1.0e-4\n",
            ":2: training.lerning_rate: unknown key; did you mean 'learning_rate'?",
        ),
        ("trianing: {}\n", ":1: trianing: unknown key; did you mean 'training'?"),
        ("lora:\n  rank: sixteen\n", ":2: lora.rank: .*valid integer.*'sixteen'"),
        ("training:\n  epochs: 0\n", ":2: training.epochs: .*greater than 0.* 0"),
        ("scheduler: {type: linear}\n", ":1: scheduler.type: .*'cosine'.*'linear'"),
        ("lora: {rank: 8}\nlora: {rank: 16}\n", ":2: lora stands twice"),
        ("training:\n  epochs: 1\n  epochs: 2\n", ":3: training.epochs stands twice"),
        ("a: [", "is not YAML"),
        ("- a\n", "the file: .*dictionary"),
    ],
)
def test_a_fault_is_one_line_that_names_file_line_key_and_value(tmp_path: Path, text: str, words: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigError, match=words) as caught:
        load_config(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nosuch\.yaml: cannot be read"):
        load_config(tmp_path / "nosuch.yaml")


def test_the_configuration_is_frozen_and_survives_json() -> None:
    config = PipelineConfig()
    with pytest.raises(ValueError, match="frozen"):
        config.model = config.model  # pyright: ignore[reportAttributeAccessIssue]
    assert PipelineConfig.model_validate_json(config.model_dump_json(by_alias=True)) == config


@pytest.mark.parametrize("path", sorted((PROJECT / "config").glob("*.yaml")), ids=lambda path: path.name)
def test_every_shipped_file_loads(path: Path) -> None:
    assert load_config(path).training.effective_batch_size >= 1
