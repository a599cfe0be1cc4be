"""Answers while it trains: told at each evaluation, and training does not notice."""

from pathlib import Path

import pytest

from nyay_lib.config import EvaluationConfig
from nyay_lib.engine.canaries import fault_of
from nyay_lib.engine.train import train
from nyay_lib.jobs import Canaries, Event, TrainJob, Validated, run_job
from tests.engine.conftest import train_job


def with_canaries(job: TrainJob, count: int) -> TrainJob:
    evaluation = EvaluationConfig(canaries=count, canary_tokens=24)
    return job.model_copy(update={"config": job.config.model_copy(update={"evaluation": evaluation})})


def test_canaries_sing_before_the_first_step_and_at_each_evaluation(base: Path, chats: Path, tmp_path: Path) -> None:
    events: list[Event] = []
    train(with_canaries(train_job(base, chats, tmp_path), 2), events.append)
    told = [event for event in events if isinstance(event, Canaries)]
    assert [event.step for event in told] == [0, *(event.step for event in events if isinstance(event, Validated))]
    assert all([answer.row for answer in event.answers] == [0, 1] for event in told)
    assert all(0 < answer.tokens <= 24 for event in told for answer in event.answers)


def test_training_does_not_notice_them(base: Path, chats: Path, tmp_path: Path) -> None:
    for count in (0, 3):
        train(with_canaries(train_job(base, chats, tmp_path / str(count)), count), lambda _: None)
    weights = [(tmp_path / name / "adapter/adapters.safetensors").read_bytes() for name in ("0", "3")]
    assert weights[0] == weights[1]


@pytest.mark.slow
def test_they_sing_with_gradient_checkpointing_too(base: Path, chats: Path, tmp_path: Path) -> None:
    job = with_canaries(train_job(base, chats, tmp_path, epochs=1), 2).model_copy(
        update={"gradient_checkpointing": True}
    )
    plain = with_canaries(train_job(base, chats, tmp_path / "plain", epochs=1), 2)
    assert base_answers(job, tmp_path / "a") == base_answers(plain, tmp_path / "b") != []


def base_answers(job: TrainJob, folder: Path) -> list[str]:
    """What is answered before the first step, by a child of its own."""
    told = [event for event in run_job(job, folder) if isinstance(event, Canaries)]
    return [answer.text for answer in told[0].answers]


@pytest.mark.parametrize(
    ("text", "tokens", "fault"),
    [
        ("", [], "is empty"),
        ("the the", [5] * 16, "repeats a few tokens over and over"),
        ("a b a b", [5, 6] * 32, "repeats a few tokens over and over"),
        ("no", [5, 5, 5], ""),
        ("The appeal is allowed", list(range(40)), ""),
    ],
)
def test_an_answer_that_says_nothing_is_told_by_its_form(text: str, tokens: list[int], fault: str) -> None:
    assert fault_of(text, tokens) == fault
