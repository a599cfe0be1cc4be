"""Weights & Biases through its own library, offline: our figures and settings, and nothing else."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import psutil
import pytest

from nyay_lib import weights_and_biases
from nyay_lib.config import LoggingConfig, ModelConfig, PipelineConfig
from nyay_lib.metrics import StepMetrics
from nyay_lib.preflight import wandb_check
from nyay_lib.runs import RunDir
from nyay_lib.weights_and_biases import WandbRun, settings_sent


@pytest.fixture
def run(tmp_path: Path) -> RunDir:
    made = RunDir.at(tmp_path / "runs", "20260101-000000-0000abcd")
    made.job("train").mkdir(parents=True)
    return made


def line(step: int, loss: float, validation_loss: float | None = None) -> StepMetrics:
    numbers = dict.fromkeys(StepMetrics.model_fields, 1)
    return StepMetrics.model_validate(numbers | {"step": step, "loss": loss, "validation_loss": validation_loss})


@pytest.fixture
def service() -> Iterator[None]:
    """The library's own process may be killed: a later test gets a new one."""
    yield
    with suppress(ConnectionError):
        import_module("wandb").teardown()


def told(run: RunDir) -> bytes:
    """All that would be sent of a run."""
    (file,) = run.job("train").glob("wandb/offline-run-*/*.wandb")
    files = [path for path in (file.parent / "files").rglob("*") if path.is_file()]
    return b"".join(path.read_bytes() for path in (file, *files))


def test_an_offline_run_holds_the_figures_and_no_name_of_a_place(
    run: RunDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    warnings: list[str] = []
    model = tmp_path / "our-llama"
    model.mkdir()
    wandb = WandbRun(PipelineConfig(model=ModelConfig(name=str(model))), run, warnings.append)
    for one in (line(1, 2.015625), line(2, 1.984375), line(2, 1.984375, 1.765625)):
        wandb.log(one)
    wandb.finish(succeeded=True)
    assert warnings == []
    deadline = time.monotonic() + 60  # on a busy machine its writer is given up on before it is done
    while b"1.765625" not in (sent := told(run)) and time.monotonic() < deadline:
        time.sleep(0.1)
    for word in (b"20260101-000000-0000abcd", b"2.015625", b"1.984375", b"1.765625", b"our-llama", b'"rank":16'):
        assert word in sent
    for word in (str(tmp_path), str(Path.cwd()), socket.gethostname(), "data/training", "runs/"):
        assert word.encode() not in sent


def test_settings_that_are_sent_name_no_place(tmp_path: Path) -> None:
    sent = settings_sent(PipelineConfig())
    assert set(sent) == {"lora", "training", "optimizer", "scheduler", "model"}
    assert settings_sent(PipelineConfig(model=ModelConfig(name=str(tmp_path))))["model"]["name"] == tmp_path.name


def test_what_goes_wrong_there_is_one_warning(run: RunDir, service: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    warnings: list[str] = []
    wandb = WandbRun(PipelineConfig(), run, warnings.append)
    wandb.log(line(1, 2.0))
    for service in psutil.Process().children(recursive=True):
        if "wandb" in service.name():
            service.kill()
            service.wait()
    for step in range(2, 20):
        wandb.log(line(step, 2.0))
    wandb.finish(succeeded=True)
    assert len(warnings) == 1 and len(warnings[0].splitlines()) == 1
    assert warnings[0].startswith("Weights & Biases is not told any more: ")


def test_a_run_that_wants_it_without_the_extra_is_told_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights_and_biases, "is_installed", lambda: False)
    check = wandb_check()
    assert not check.ok and "uv pip install 'nyay[wandb]'" in str(check) and len(str(check).splitlines()) == 1


def test_a_run_that_wants_it_needs_a_key_unless_it_stays_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    monkeypatch.setenv("WANDB_MODE", "online")
    assert "WANDB_API_KEY is not set" in str(wandb_check())
    monkeypatch.setenv("WANDB_MODE", "offline")
    assert wandb_check().ok


def test_the_configuration_may_want_it() -> None:
    assert LoggingConfig(wandb=True).wandb
