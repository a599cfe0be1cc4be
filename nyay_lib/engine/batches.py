"""Rows as tokens, their order, and micro-batches: what is trained on, when, and beside what."""

import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import mlx.core as mx
import numpy as np

from nyay_lib.data.order import cut
from nyay_lib.engine.model import LoadedModel
from nyay_lib.errors import DataError
from nyay_lib.prompt import Message


@dataclass(frozen=True, slots=True)
class Row:
    """One example: the prompt's tokens, then the answer's with the token that ends a turn."""

    index: int
    tokens: Sequence[int]
    prompt_length: int

    @property
    def completion_tokens(self) -> int:
        return len(self.tokens) - self.prompt_length


class MicroBatch(NamedTuple):
    """Rows side by side, padded on the right to the longest.

    ``inputs`` (batch, length); ``positions`` (completions,) into the flattened inputs, each the place whose output
    predicts the token of ``targets`` (completions,); ``rows`` (batch,) the rows' indices.
    """

    inputs: mx.array
    positions: mx.array
    targets: mx.array
    rows: mx.array


def read_rows(path: Path, loaded: LoadedModel) -> list[Row]:
    """Tokenise a chat file (one ``{"messages": [...]}`` a line). The answer's tokens follow the prompt's exactly as
    in generation, since the two are encoded apart.

    Raises DataError when there is no row.
    """
    with path.open(encoding="utf-8") as file:
        rows = [row_of(index, json.loads(line)["messages"], loaded) for index, line in enumerate(file)]
    if not rows:
        raise DataError(f"{path}: holds no row")
    return rows


def row_of(index: int, messages: Sequence[Message], loaded: LoadedModel) -> Row:
    """A conversation as tokens."""
    *question, answer = messages
    encode, chat = loaded.tokenizer.encode, loaded.chat
    prompt = encode(chat.prompt(question), add_special_tokens=False).ids
    completion = encode(answer["content"] + chat.end, add_special_tokens=False).ids
    # Four bytes a token: a data set of 16 million tokens would take 0.6 GB as Python's own integers.
    return Row(index, array("i", (*prompt, *completion)), len(prompt))


def input_tokens(rows: Sequence[Row]) -> int:
    """Tokens that the model reads; of each row the last is only predicted."""
    return sum(len(row.tokens) - 1 for row in rows)


def completion_tokens(rows: Sequence[Row]) -> int:
    """Tokens that the loss is taken over."""
    return sum(row.completion_tokens for row in rows)


def micro_batches(rows: Sequence[Row], size: int) -> Iterator[Sequence[Row]]:
    """Split rows into micro-batches of ``size``, the last one smaller, rows of like length together."""
    return cut(rows, size, length_order)


def length_order(row: Row) -> tuple[int, int]:
    """What rows are sorted by where those of like length are to lie together."""
    return len(row.tokens), row.index


def pad(rows: Sequence[Row]) -> MicroBatch:
    """One micro-batch of ``rows``."""
    length = max(len(row.tokens) for row in rows) - 1
    inputs = np.zeros((len(rows), length), np.int32)
    positions: list[int] = []
    targets: list[int] = []
    for place, row in enumerate(rows):
        inputs[place, : len(row.tokens) - 1] = row.tokens[:-1]
        positions += range(place * length + row.prompt_length - 1, place * length + len(row.tokens) - 1)
        targets += row.tokens[row.prompt_length :]
    indices = mx.array([row.index for row in rows], mx.uint32)
    return MicroBatch(mx.array(inputs), mx.array(positions), mx.array(targets), indices)
