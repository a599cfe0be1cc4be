"""Answers drawn by llama.cpp: seeded, appended as they come, and the same wherever an earlier try was killed."""

import os
import signal
from pathlib import Path

import pytest

from nyay_lib.base_model.tiny import make_tiny
from nyay_lib.errors import OutOfMemory
from nyay_lib.evaluation.answers import ask_for
from nyay_lib.export.gguf import write_gguf
from nyay_lib.files import write_text
from nyay_lib.jobs import GenerateJob, Progress, Sampling, Started, finish, run_job
from nyay_lib.lines import Line, json_line, read_lines
from nyay_lib.prompt import conversation

ASKED = [conversation(f"What is said of matter {number}, and why?") for number in range(8)]


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny(folder / "model")
    return write_gguf(folder / "model", folder / "tiny.gguf", name="tiny").path


def job(gguf: Path, folder: Path, seed: int = 0) -> GenerateJob:
    """The questions of ``ASKED``, 12 tokens each."""
    lines = [{"key": q.key, "seed": q.seed, "messages": q.messages} for q in ask_for(ASKED, seed)]
    write_text(folder / "questions.jsonl", "".join(map(json_line, lines)))
    return GenerateJob(
        gguf=gguf,
        questions=folder / "questions.jsonl",
        answers=folder / "answers.jsonl",
        max_tokens=12,
        context=512,
        sampling=Sampling(temperature=0.7, top_p=0.9),
    )


def answers(made: GenerateJob, folder: Path) -> list[Line]:
    finish(run_job(made, folder / "job"))
    return read_lines(made.answers)


def said(lines: list[Line]) -> list[tuple[str, str]]:
    return [(line["key"], line["text"]) for line in lines]


@pytest.fixture(scope="module")
def whole(gguf: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Line]:
    """The answers of a run that nothing disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    return answers(job(gguf, folder), folder)


def test_every_question_is_answered_in_order_with_its_counts(whole: list[Line]) -> None:
    assert [line["key"] for line in whole] == [question.key for question in ask_for(ASKED, 0)]
    assert all(line["tokens"] <= 12 and line["prompt_tokens"] > 20 for line in whole)
    assert all(line["ended"] == ("length" if line["tokens"] == 12 else "stop") for line in whole)
    assert all(line["first_token_seconds"] > 0 and line["later_seconds"] > 0 for line in whole)
    assert len({line["text"] for line in whole}) > 4


def test_killed_in_the_middle_it_goes_on_where_it_was_with_the_same_words(
    gguf: Path, whole: list[Line], tmp_path: Path
) -> None:
    killed = job(gguf, tmp_path)
    with pytest.raises(OutOfMemory, match="SIGKILL"):
        kill_after(killed, tmp_path / "job", progresses=3)
    with killed.answers.open("ab") as file:
        file.write(b'{"key": "torn')
    before = read_lines(killed.answers)
    assert 3 <= len(before) < len(ASKED)
    after = answers(killed, tmp_path)
    assert after[: len(before)] == before
    assert said(after) == said(whole)


def kill_after(made: GenerateJob, folder: Path, progresses: int) -> None:
    """Run the job, and end its process with SIGKILL once so many answers are there."""
    pid, seen = 0, 0
    for event in run_job(made, folder):
        if isinstance(event, Started):
            pid = event.pid
        seen += isinstance(event, Progress)
        if seen == progresses:
            os.kill(pid, signal.SIGKILL)


def test_what_is_answered_is_not_asked_again(gguf: Path, tmp_path: Path) -> None:
    made = job(gguf, tmp_path)
    answers(made, tmp_path)
    before = made.answers.read_bytes()
    done = finish(run_job(made.model_copy(update={"gguf": tmp_path / "gone.gguf"}), tmp_path / "job"))
    assert done.result["answers"] == len(ASKED) and made.answers.read_bytes() == before


def test_another_seed_says_something_else(gguf: Path, whole: list[Line], tmp_path: Path) -> None:
    other = answers(job(gguf, tmp_path, seed=1), tmp_path)
    assert [line["text"] for line in other] != [line["text"] for line in whole]


def test_a_context_that_is_too_small_for_the_words_of_this_model_is_widened(
    gguf: Path, whole: list[Line], tmp_path: Path
) -> None:
    """As those of production are, which has another base than the model that the rows were cut for."""
    made = job(gguf, tmp_path).model_copy(update={"context": 64})
    assert min(line["prompt_tokens"] for line in whole) > 64
    assert said(answers(made, tmp_path)) == said(whole)
