"""The bench that every model is measured on: validation rows, which of them are asked, and the right answers."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nyay_lib.config import PipelineConfig
from nyay_lib.data.chat import read_chats
from nyay_lib.data.dataset import Dataset
from nyay_lib.data.records import Record
from nyay_lib.data.whole import read_whole
from nyay_lib.evaluation.accuracy import judge, read_gold
from nyay_lib.evaluation.answers import Answer, ModelFile, Question, answer, ask_for
from nyay_lib.evaluation.losses import RowLoss, score
from nyay_lib.evaluation.measures import Questions, Scored, read_questions, score_answers
from nyay_lib.evaluation.sample import choose_rows
from nyay_lib.jobs import Event


@dataclass(frozen=True, slots=True)
class Bench:
    """All validation rows as ``records``, with their whole judgments; ``rows`` are the numbers of those that are asked.

    ``questions`` and ``asked`` are of these, in their order; ``decidable`` are the tasks with a row whose right answer
    somebody knows; ``seed`` is that of every bootstrap.
    """

    records: tuple[Record, ...]
    rows: tuple[int, ...]
    questions: Questions
    asked: tuple[Question, ...]
    decidable: frozenset[str]
    validation: Path
    seed: int

    @property
    def tasks(self) -> list[str]:
        """The kinds of tasks that are validated on, by name."""
        return sorted({record.task_type for record in self.records})


@dataclass(frozen=True, slots=True)
class Contender:
    """A model on the bench: its answers, what they are worth, and its loss on every validation row."""

    answers: Sequence[Answer]
    scored: Sequence[Scored]
    losses: Sequence[RowLoss]


def open_bench(config: PipelineConfig, data: Dataset) -> Bench:
    """Draw the questions and read the right answers."""
    records = tuple(read_whole(data.validation_records))
    prompts = [chat[:-1] for chat in read_chats(data.validation_file)]
    seed = config.training.seed
    rows = choose_rows([record.task_type for record in records], config.evaluation.samples, seed)
    return Bench(
        records=records,
        rows=rows,
        questions=read_questions([records[row] for row in rows]),
        asked=tuple(ask_for((prompts[row] for row in rows), seed)),
        decidable=decidable_tasks(records),
        validation=data.validation_file,
        seed=seed,
    )


def decidable_tasks(records: Sequence[Record]) -> frozenset[str]:
    """The tasks with a row whose right answer is known. Looks no further than the first of each."""
    found = set[str]()
    for record in records:
        if record.task_type not in found and judge(read_gold(record), "").right is not None:
            found.add(record.task_type)
    return frozenset(found)


def put_on(
    bench: Bench, config: PipelineConfig, file: ModelFile, job_folder: Path
) -> Generator[Event, None, Contender]:
    """Score a file on every row, ask it the questions, and say what its answers are worth."""
    losses = yield from score(config, file, bench.validation, job_folder / "score")
    answers = yield from answer(config, file, bench.asked, job_folder / "generate")
    return contender(bench, answers, losses)


def contender(bench: Bench, answers: Sequence[Answer], losses: Sequence[RowLoss]) -> Contender:
    """A model by what it said."""
    return Contender(answers, score_answers(bench.questions, [one.text for one in answers]), losses)
