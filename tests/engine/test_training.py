"""The step loop: the micro-batch is invisible, a kill is invisible, and every row is seen."""

import os
import signal
from pathlib import Path

import pytest

from nyay_lib.base_model.embedded import make_embedded
from nyay_lib.data.chat import chat_line
from nyay_lib.engine.train import train
from nyay_lib.errors import NyayError, OutOfMemory
from nyay_lib.jobs import (
    AnyEvent,
    Checkpointed,
    Event,
    QuantizeBaseJob,
    Resumed,
    Started,
    TrainJob,
    TrainStep,
    Validated,
    Warned,
    finish,
    run_job,
)
from tests.engine.conftest import WORDS, train_job


def losses(job: TrainJob, folder: Path) -> list[float]:
    """The loss of each step of an undisturbed run."""
    return [event.loss for event in run_job(job, folder) if isinstance(event, TrainStep)]


def test_halving_the_micro_batch_changes_no_loss(base: Path, chats: Path, tmp_path: Path) -> None:
    runs = {n: losses(train_job(base, chats, tmp_path / str(n), n), tmp_path / f"job-{n}") for n in (4, 2, 1, 3)}
    assert len(runs[4]) == 9
    for micro in (2, 1, 3):
        assert runs[micro] == pytest.approx(runs[4], rel=1e-4)


def test_gradient_checkpointing_changes_no_loss(base: Path, chats: Path, tmp_path: Path) -> None:
    plain = train_job(base, chats, tmp_path / "plain")
    thrifty = train_job(base, chats, tmp_path / "thrifty").model_copy(update={"gradient_checkpointing": True})
    assert losses(thrifty, tmp_path / "b") == pytest.approx(losses(plain, tmp_path / "a"), rel=1e-5)


def test_training_learns(base: Path, chats: Path, tmp_path: Path) -> None:
    events = list(run_job(train_job(base, chats, tmp_path, epochs=10, learning_rate=2e-2), tmp_path / "job"))
    validations = [event.loss for event in events if isinstance(event, Validated)]
    first = next(event.loss for event in events if isinstance(event, TrainStep))
    assert min(validations) < 0.8 * first


@pytest.mark.slow
def test_training_goes_on_from_a_given_adapter(base: Path, chats: Path, trained: Path, tmp_path: Path) -> None:
    fresh = train_job(base, chats, tmp_path / "fresh", epochs=1)
    on = train_job(base, chats, tmp_path / "on", epochs=1).model_copy(update={"start": trained})
    assert losses(on, tmp_path / "b")[0] < 0.8 * losses(fresh, tmp_path / "a")[0]


@pytest.mark.parametrize("order", [signal.SIGKILL, signal.SIGSEGV])
def test_a_killed_run_goes_on_to_the_very_same_adapter(
    base: Path, chats: Path, tmp_path: Path, order: signal.Signals
) -> None:
    whole, broken = train_job(base, chats, tmp_path / "whole"), train_job(base, chats, tmp_path / "broken")
    finish(run_job(whole, tmp_path / "a"))
    with pytest.raises(OutOfMemory, match=order.name):
        kill_after_checkpoint(broken, tmp_path / "b", order)
    events = list(run_job(broken, tmp_path / "b"))
    assert any(isinstance(event, Resumed) and event.step >= 2 for event in events)
    weights = [job.adapter / "adapters.safetensors" for job in (whole, broken)]
    assert weights[0].read_bytes() == weights[1].read_bytes()


def kill_after_checkpoint(job: TrainJob, folder: Path, order: signal.Signals) -> None:
    """Send the child a signal once its first checkpoint is safe."""
    child = 0
    for event in run_job(job, folder):
        if isinstance(event, Started):
            child = event.pid
        if isinstance(event, Checkpointed):
            os.kill(child, order)


def test_a_checkpoint_of_other_data_is_refused(base: Path, chats: Path, tmp_path: Path) -> None:
    job = train_job(base, chats, tmp_path, epochs=1)
    finish(run_job(job, tmp_path / "job"))
    with pytest.raises(NyayError, match=r"made with another data set \(digest 'd', now 'e'\); start a new run"):
        finish(run_job(job.model_copy(update={"fingerprints": {"data set": "e"}}), tmp_path / "job"))


def test_the_newest_two_checkpoints_and_the_best_are_kept(base: Path, chats: Path, tmp_path: Path) -> None:
    finish(run_job(train_job(base, chats, tmp_path), tmp_path / "job"))
    kept = sorted(path.name for path in (tmp_path / "checkpoints").iterdir())
    assert 2 <= len(kept) <= 3
    assert kept[-1] == "step-00000009"


def test_a_loss_that_is_not_finite_is_tried_once_more_at_half_the_rate(base: Path, chats: Path, tmp_path: Path) -> None:
    with pytest.raises(NyayError, match=r"step \d+: loss or gradient is not finite, at half the rate too"):
        finish(run_job(train_job(base, chats, tmp_path, learning_rate=1e20), tmp_path / "job"))
    first = [event for event in history(tmp_path) if isinstance(event, Warned | Resumed)]
    assert [type(event) for event in first] == [Warned, Resumed]
    assert "went back to step 0 at half the learning rate" in str(first[0])


class Killed(Exception):
    """Stands for a kill at the very moment that an event is sent."""


def test_half_the_rate_outlives_a_kill_right_after_going_back(base: Path, chats: Path, tmp_path: Path) -> None:
    job = train_job(base, chats, tmp_path, learning_rate=1e20)
    events: list[Event] = []

    def until_it_goes_back(event: Event) -> None:
        if isinstance(event, Warned):
            raise Killed

    with pytest.raises(Killed):
        train(job, until_it_goes_back)
    with pytest.raises(NyayError, match="at half the rate too"):
        train(job, events.append)
    assert not any(isinstance(event, Warned) for event in events)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_divergence_of_a_real_model_stops_the_run_with_a_proposal(chats: Path, tmp_path: Path) -> None:
    make_embedded(tmp_path / "source")
    finish(run_job(QuantizeBaseJob(source=tmp_path / "source", target=tmp_path / "base", bits=8), tmp_path / "a"))
    job = train_job(tmp_path / "base", chats, tmp_path, epochs=20, learning_rate=1e-2)
    changes = {"lora": {"alpha": 320}, "evaluation": {"canaries": 0}, "checkpointing": {"eval_every": 400}}
    config = job.config.model_copy(
        update={name: getattr(job.config, name).model_copy(update=values) for name, values in changes.items()}
    )
    with pytest.raises(
        NyayError, match=r"training diverges, .*Train with training.learning_rate 0.0025 in place of 0.01"
    ):
        finish(run_job(job.model_copy(update={"config": config}), tmp_path / "job"))
    assert max(event.step for event in history(tmp_path) if isinstance(event, TrainStep)) < 50


def test_overfitting_ends_training_and_the_best_step_is_shipped(base: Path, chats: Path, tmp_path: Path) -> None:
    other = tmp_path / "val_mlx.jsonl"
    other.write_text(chat_line("what was decided", " ".join(reversed(WORDS))), encoding="utf-8")
    settings = {"epochs": 40, "learning_rate": 3e-2, "patience": 2, "dropout": 0.0}
    job = train_job(base, chats, tmp_path, **settings).model_copy(update={"validation": other})
    done = finish(run_job(job, tmp_path / "job"))
    told = [event for event in history(tmp_path) if isinstance(event, Warned)]
    losses = {event.step: event.loss for event in history(tmp_path) if isinstance(event, Validated)}
    assert "stopped early" in told[0].text
    assert int(str(done.result["steps"])) < 120
    assert losses[int(str(done.result["best_step"]))] == min(losses.values()) == done.result["validation_loss"]


def history(folder: Path) -> list[Event]:
    return [AnyEvent.validate_json(line) for line in (folder / "job" / "events.jsonl").read_bytes().splitlines()]


def test_a_target_module_that_does_not_exist_is_refused(base: Path, chats: Path, tmp_path: Path) -> None:
    job = train_job(base, chats, tmp_path)
    lora = job.config.lora.model_copy(update={"target_modules": ("q_proj", "k_porj")})
    wrong = job.model_copy(update={"config": job.config.model_copy(update={"lora": lora})})
    with pytest.raises(NyayError, match=r"lora.target_modules: 'k_porj' is no module .* known are .*k_proj"):
        finish(run_job(wrong, tmp_path / "job"))
