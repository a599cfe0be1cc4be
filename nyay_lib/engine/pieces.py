"""Into how many pieces a lane cuts its work: as many as the other lanes do.

MLX hands out the operations of all lanes in the order of their depth in the graph, a few ahead of those that run. A
lane with more pieces, and so with a deeper graph, falls behind in that order and lets the others wait: together they
took 1.4 times as long as the slowest alone.
"""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from nyay_lib.engine.batches import Row


class Largest(NamedTuple):
    """Of all lanes that compute side by side: the longest text, and the most completion tokens."""

    length: int
    completions: int


NO_LANES = Largest(0, 0)
_largest: ContextVar[Largest] = ContextVar("largest", default=NO_LANES)


@contextmanager
def side_by_side(lanes: "Sequence[Sequence[Row]]") -> Generator[None]:
    """What is built inside is cut as the largest of these lanes' rows must be."""
    length = max(len(row.tokens) - 1 for rows in lanes for row in rows)
    completions = max(sum(row.completion_tokens for row in rows) for rows in lanes)
    before = _largest.set(Largest(length, completions))
    try:
        yield
    finally:
        _largest.reset(before)


def blocks(length: int, most: int) -> list[slice]:
    """Cut a text of ``length`` tokens into blocks of ``most`` at most."""
    return pieces(length, _largest.get().length, most)


def chunks(completions: int, most: int) -> list[slice]:
    """Cut ``completions`` tokens of answers into chunks of ``most`` at most."""
    return pieces(completions, _largest.get().completions, most)


def pieces(total: int, largest: int, most: int) -> list[slice]:
    """``total`` in as many pieces as ``largest``, or it if larger, makes of ``most`` each, of like size, none empty."""
    count = min(total, -(-max(total, largest) // most))
    borders = [i * total // count for i in range(count + 1)]
    return [slice(*pair) for pair in pairwise(borders)]
