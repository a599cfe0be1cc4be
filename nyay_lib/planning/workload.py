"""The work of a training run, counted row by row with the very order in which the engine trains."""

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from nyay_lib.data.order import cut, deal, steps_of_epoch


class PlannedRow(NamedTuple):
    """A row by its place in the file: its tokens with the answer, the answer alone, those it lost, and its task."""

    place: int
    tokens: int
    answer: int
    lost: int
    task: str

    @property
    def inputs(self) -> int:
        """Tokens that the model reads; the last is only predicted."""
        return self.tokens - 1


class Part(NamedTuple):
    """What one lane computes at a time: ``rows`` padded to ``length``, and their completion tokens."""

    rows: int
    length: int
    answers: int


def read_rows(notes: Path) -> tuple[PlannedRow, ...]:
    """The rows of one side of a data set, from its ``*_rows.jsonl``."""
    lines = (json.loads(line) for line in notes.read_text(encoding="utf-8").splitlines())
    return tuple(
        PlannedRow(place, note["tokens"], note["answer_tokens"], note["tokens_lost"], note["task_type"])
        for place, note in enumerate(lines)
    )


def parts_of(rows: Sequence[PlannedRow], lanes: int) -> tuple[Part, ...]:
    """A micro-batch as the lanes compute it, side by side."""
    return tuple(
        Part(len(part), max(row.inputs for row in part), sum(row.answer for row in part)) for part in deal(rows, lanes)
    )


def micro_batches(rows: Sequence[PlannedRow], size: int, lanes: int) -> Iterator[tuple[Part, ...]]:
    """Rows that are computed one micro-batch after the other, as an evaluation does."""
    return (parts_of(part, lanes) for part in cut(rows, size, lambda row: (row.tokens, row.place)))


class Order(NamedTuple):
    """What decides which rows lie together: rows of an optimizer step, rows of a micro-batch, lanes, and the seed."""

    batch: int
    size: int
    lanes: int
    seed: int


def epoch_of(rows: Sequence[PlannedRow], order: Order, epoch: int = 0) -> list[tuple[Part, ...]]:
    """The micro-batches of an epoch; the epochs shuffle the same rows anew."""
    steps = _steps(tuple(row.tokens for row in rows), order.batch, order.seed, epoch)
    each = ([rows[number] for number in step] for step in steps)
    return [parts for step in each for parts in micro_batches(step, order.size, order.lanes)]


@lru_cache(maxsize=8)
def _steps(lengths: tuple[int, ...], batch: int, seed: int, epoch: int) -> list[list[int]]:
    return steps_of_epoch(lengths, batch, seed, epoch)


def padded_tokens(epoch: Sequence[Sequence[Part]]) -> int:
    """Tokens that are computed, padding included."""
    return sum(part.rows * part.length for parts in epoch for part in parts)


def shortened(rows: Sequence[PlannedRow], limit: int) -> tuple[PlannedRow, ...]:
    """The rows as they would be with training.max_seq_length at ``limit``: the judgment gives way."""
    return tuple(
        row._replace(
            tokens=min(row.tokens, limit), answer=min(row.answer, limit - 1), lost=row.lost + max(0, row.tokens - limit)
        )
        for row in rows
    )
