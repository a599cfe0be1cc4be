"""What running out of memory taught is heeded by the next run like it, doubted where it may be wrong, and forgotten."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nyay_lib.attempts import Attempt
from nyay_lib.base_model.prepared import BaseModel
from nyay_lib.config import MemoryConfig, PathsConfig, PipelineConfig
from nyay_lib.ladder import Rung, ladder
from nyay_lib.machine import Machine, this_machine
from nyay_lib.memory_lessons import first_rung, learn
from tests.nyay_lib.made import base_of

MAC = Machine(processor="Apple M2 Pro", cores=12, memory=32, device="Metal")
FAILED = "out of memory"


@pytest.fixture
def config(tmp_path: Path) -> PipelineConfig:
    return PipelineConfig(paths=PathsConfig(cache=tmp_path / "cache"))


@pytest.fixture
def base(tmp_path: Path) -> BaseModel:
    return base_of(tmp_path)


def attempt(rung: Rung, end: str = "done", steps: tuple[int, int] = (0, 10), suspected: bool = False) -> Attempt:
    values = {"number": 1, "rung": rung, "started": datetime.now(UTC), "end": end, "suspected": suspected}
    return Attempt.model_validate(values | {"from_step": steps[0], "to_step": steps[1]})


def teach(config: PipelineConfig, base: BaseModel, *ends: str, run: str = "run-1", suspected: bool = False) -> None:
    """A run whose attempts, from the top of the ladder down, got 10 steps further each and ended in this way."""
    attempts = [
        attempt(rung, end, (10 * place, 10 * place + 10), suspected)
        for place, (rung, end) in enumerate(zip(ladder(config), ends, strict=False))
    ]
    learn(config, base, run, attempts, MAC)


def starts(config: PipelineConfig, base: BaseModel, machine: Machine = MAC) -> str:
    return str(first_rung(config, base, machine).rung)


def test_the_next_run_starts_at_the_rung_that_worked_and_says_why(config: PipelineConfig, base: BaseModel) -> None:
    teach(config, base, FAILED, "done")
    start = first_rung(config, base, MAC)
    assert str(start.rung) == "2x8"
    assert re.fullmatch(r"starts at 2x8: 4x4 ran out of memory on \d{4}-\d\d-\d\d in run run-1", start.why)


def test_without_a_lesson_the_configured_rung_is_tried(config: PipelineConfig, base: BaseModel) -> None:
    assert first_rung(config, base, MAC).why == "" and starts(config, base) == "4x4"


def test_a_lower_rung_teaches_before_it_is_done(config: PipelineConfig, base: BaseModel) -> None:
    teach(config, base, FAILED, "running")
    assert starts(config, base) == "2x8"


def test_a_lower_rung_that_got_no_further_teaches_nothing(config: PipelineConfig, base: BaseModel) -> None:
    tops = ladder(config)
    learn(config, base, "run-1", [attempt(tops[0], FAILED, (8, 12)), attempt(tops[1], "running", (8, 12))], MAC)
    assert starts(config, base) == "4x4"


def test_two_steps_down_are_one_start(config: PipelineConfig, base: BaseModel) -> None:
    teach(config, base, FAILED, FAILED, "done")
    assert starts(config, base) == "1x16"


def test_another_batch_starts_no_larger_than_what_worked(config: PipelineConfig, base: BaseModel) -> None:
    teach(config, base, FAILED, "done")
    for batch, rung in ((16, "2x8"), (3, "1x12"), (2, "2x4"), (1, "1x4")):
        training = config.training.model_copy(update={"batch_size": batch, "gradient_accumulation": 16 // batch})
        if batch < 4:
            training = training.model_copy(update={"gradient_accumulation": 4})
        assert starts(config.model_copy(update={"training": training}), base) == rung


def test_an_end_without_a_word_is_believed_when_two_runs_had_it(config: PipelineConfig, base: BaseModel) -> None:
    teach(config, base, FAILED, "done", suspected=True)
    doubted = first_rung(config, base, MAC)
    assert str(doubted.rung) == "4x4"
    assert re.fullmatch(r"4x4 probably ran out of memory on .* in run run-1; it is tried again", doubted.why)
    teach(config, base, FAILED, "done", suspected=True)  # the same run tells nothing new
    assert starts(config, base) == "4x4"
    teach(config, base, FAILED, "done", run="run-2", suspected=True)
    assert starts(config, base) == "2x8"


def test_a_doubtful_lesson_does_not_push_out_a_sure_one(config: PipelineConfig, base: BaseModel) -> None:
    teach(config, base, FAILED, "done")
    low = ladder(config)[1:3]
    learn(config, base, "run-2", [attempt(low[0], FAILED, suspected=True), attempt(low[1], steps=(10, 20))], MAC)
    assert starts(config, base) == "2x8"


def test_an_old_lesson_is_put_to_the_test(
    config: PipelineConfig, base: BaseModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    teach(config, base, FAILED, "done")
    monkeypatch.setattr("nyay_lib.memory_lessons.VALID", timedelta(0))
    start = first_rung(config, base, MAC)
    assert str(start.rung) == "4x4" and start.why.endswith("in run run-1; it is tried again")


def test_a_rung_that_works_after_all_is_forgiven(config: PipelineConfig, base: BaseModel) -> None:
    teach(config, base, FAILED, "done")
    teach(config, base, "done", run="run-2")
    assert starts(config, base) == "4x4"


def test_a_lesson_holds_for_its_like_alone(
    config: PipelineConfig, base: BaseModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    teach(config, base, FAILED, "done")
    shorter = config.training.model_copy(update={"max_seq_length": 1024})
    assert starts(config.model_copy(update={"training": shorter}), base) == "4x4"
    assert starts(config, base.model_copy(update={"digest": "e" * 64})) == "4x4"
    assert starts(config, base, MAC.model_copy(update={"memory": 64})) == "4x4"
    assert starts(config, base) == "2x8"
    monkeypatch.setattr("nyay_lib.memory_lessons.version", lambda package: "0.33.0")
    assert starts(config, base) == "4x4"


def test_the_configuration_may_forbid_it(config: PipelineConfig, base: BaseModel) -> None:
    forgetful = config.model_copy(update={"memory": MemoryConfig(remember=False)})
    teach(forgetful, base, FAILED, "done")
    assert not config.paths.cache.exists()
    teach(config, base, FAILED, "done")
    assert starts(forgetful, base) == "4x4"


def test_a_file_that_is_damaged_is_no_lesson(config: PipelineConfig, base: BaseModel) -> None:
    teach(config, base, FAILED, "done")
    (file,) = (config.paths.cache / "memory-lessons").iterdir()
    file.write_text("{", encoding="utf-8")
    assert starts(config, base) == "4x4"


def test_this_machine_is_told_without_its_name() -> None:
    machine = this_machine()
    assert machine == this_machine()
    assert machine.memory > 0 and machine.processor and machine.device in {"Metal", "CUDA", "CPU"}
