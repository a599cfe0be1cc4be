"""A calibration of the tiny model in a real child, kept for the next time, and what is made of one that fails."""

import os
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pytest

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import NyayError, OutOfMemory
from nyay_lib.jobs import CalibrateJob, Event, Measured, Progress
from nyay_lib.planning import calibration
from nyay_lib.planning.calibration import Calibration, calibrate
from nyay_lib.planning.costs import fitted
from nyay_lib.planning.workload import Part
from tests.nyay_lib.made import base_of

T = TypeVar("T")


def result_of(events: Generator[Event, None, T]) -> tuple[T, list[Event]]:
    seen: list[Event] = []
    while True:
        try:
            seen.append(next(events))
        except StopIteration as stop:
            return stop.value, seen


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PipelineConfig:
    monkeypatch.setattr(calibration, "SECONDS", 1.0)
    return PipelineConfig.model_validate({"paths": {"cache": tmp_path / "cache", "runs": tmp_path / "runs"}})


def test_what_was_measured_is_kept_and_foretells_its_own_settings(base: Path, config: PipelineConfig) -> None:
    made, events = result_of(calibrate(config, base_of(base)))
    measured = [event for event in events if isinstance(event, Measured)]
    assert made.measured == tuple(measured) and len(measured) == 5 and measured[-1].setting.gradient_checkpointing
    costs = fitted(made)
    assert costs is not None and costs.lanes >= 1 and made.decode_seconds > 0
    long = measured[2]
    foretold = costs.bytes([Part(1, long.setting.length, long.setting.answer)])
    # Beside MLX a process holds a little more after each setting, which is a sixth of so small a one.
    assert foretold == pytest.approx(long.process_peak, rel=0.15, abs=3e7)
    again, events = result_of(calibrate(config, base_of(base)))
    assert again.reused and not events and again.measured == made.measured


def test_another_adapter_is_measured_anew(base: Path, config: PipelineConfig) -> None:
    other = config.model_copy(update={"lora": config.lora.model_copy(update={"rank": 4})})
    folders = {calibration.folder_of(some, base_of(base)) for some in (config, other)}
    assert len(folders) == 2


def failing(error: Exception, events: list[Event]) -> object:
    """A child that tells ``events`` and ends with ``error``."""

    def run_job(job: CalibrateJob, folder: Path) -> Generator[Event, None, None]:
        yield from events
        raise error

    return run_job


def test_a_calibration_without_memory_is_told_and_not_kept(
    base: Path, config: PipelineConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[Event] = [Progress(done=2, total=5, what="1 x 405 tokens")]
    monkeypatch.setattr(calibration, "run_job", failing(OutOfMemory("calibrate: ended by SIGKILL"), events))
    made, _ = result_of(calibrate(config, base_of(base)))
    assert made.failed == "1 x 405 tokens: memory ran out" and fitted(made) is None
    assert calibration.kept(config, base_of(base)) is None


def test_a_fault_of_the_configuration_is_no_matter_of_memory(base: Path, config: PipelineConfig) -> None:
    lora = config.lora.model_copy(update={"target_modules": ("nothing_proj",)})
    with pytest.raises(NyayError, match="'nothing_proj' is no module of this model"):
        result_of(calibrate(config.model_copy(update={"lora": lora}), base_of(base)))


def test_a_base_that_would_be_loaded_in_another_form_is_measured_anew(base: Path, config: PipelineConfig) -> None:
    made, _ = result_of(calibrate(config, base_of(base)))
    assert made.facts is not None and made.holds_now
    larger = made.facts.model_copy(update={"dense_bytes": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")})
    assert not Calibration.model_validate(made.model_dump() | {"facts": larger}).holds_now
