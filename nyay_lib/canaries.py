"""canaries.jsonl: what a model in training answers to a few validation rows, beside the base and the reference."""

from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pydantic

from nyay_lib.data.chat import read_chats
from nyay_lib.files import write_text
from nyay_lib.jobs import Canaries, Event, Resumed

INSTRUCTION_CHARACTERS = 300


class CanaryAnswer(pydantic.BaseModel):
    """The answer after ``step`` to row ``row`` of the validation file, from 0; step 0 is the untouched base.

    ``instruction`` is the head of the question; ``fault`` says what is wrong with the answer's form.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    step: int
    row: int
    instruction: str
    reference: str
    answer: str
    tokens: int
    fault: str


class Question(NamedTuple):
    """A validation row: the head of what is asked, and what should be answered."""

    instruction: str
    reference: str


class CanariesFile:
    """Follows the events of one attempt; answers of steps that are trained again are replaced."""

    def __init__(self, path: Path, validation: Path, count: int) -> None:
        self.path = path
        self._questions = read_questions(validation, count)

    def see(self, event: Event) -> None:
        """Take one event in."""
        match event:
            case Resumed():
                self._write([line for line in read_canaries(self.path) if line.step <= event.step])
            case Canaries():
                kept = [line for line in read_canaries(self.path) if line.step < event.step]
                self._write([*kept, *self._lines(event)])
            case _:
                pass

    def _lines(self, event: Canaries) -> list[CanaryAnswer]:
        return [
            CanaryAnswer(
                step=event.step,
                row=answer.row,
                instruction=self._questions[answer.row].instruction,
                reference=self._questions[answer.row].reference,
                answer=answer.text,
                tokens=answer.tokens,
                fault=answer.fault,
            )
            for answer in event.answers
        ]

    def _write(self, lines: list[CanaryAnswer]) -> None:
        write_text(self.path, "".join(line.model_dump_json() + "\n" for line in lines))


def read_questions(validation: Path, count: int) -> list[Question]:
    """The first rows of a chat file. The instruction stands before the judgment, a blank line between."""
    chats = islice(read_chats(validation), count)
    return [
        Question(
            messages[-2]["content"].partition("\n\n")[0][:INSTRUCTION_CHARACTERS],
            messages[-1]["content"],
        )
        for messages in chats
    ]


def read_canaries(path: Path) -> list[CanaryAnswer]:
    """All answers so far, oldest first."""
    if not path.exists():
        return []
    return [CanaryAnswer.model_validate_json(line) for line in path.read_bytes().splitlines()]
