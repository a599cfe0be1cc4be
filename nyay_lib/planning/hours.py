"""Making a plan fit into the hours that it may take, in the way that harms least.

What is seen again teaches less than what is new (Muennighoff et al. 2023: up to four epochs are worth nearly as much as
new data, never more). So whole epochs go first, while all rows stay; only where one epoch is still too long do rows
go, evenly over tasks and lengths. Each chosen row is used equally often.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from nyay_lib.planning.workload import PlannedRow

Seconds = Callable[[Sequence[PlannedRow], int], float]
LENGTH_GROUPS = 4


class Choice(NamedTuple):
    """Which rows, in the order of the file, and how often each."""

    rows: tuple[PlannedRow, ...]
    epochs: int


def choose(
    rows: Sequence[PlannedRow], epochs: int, limit: float | None, batch: int, seed: int, seconds: Seconds
) -> Choice:
    """All of it if it takes no more than ``limit`` seconds, else what fits; one optimizer step at least.

    ``seconds`` of rows and epochs; ``batch`` rows make a step. The same for the same arguments.
    """
    if limit is None:
        return Choice(tuple(rows), epochs)
    most = most_epochs(rows, epochs, limit, seconds)
    return Choice(tuple(rows), most) if most else Choice(most_rows(rows, 1, limit, batch, seed, seconds), 1)


def most_epochs(rows: Sequence[PlannedRow], epochs: int, limit: float, seconds: Seconds) -> int:
    """The most epochs over all rows that take no more than ``limit``, 0 if not even one does."""
    return next((count for count in range(epochs, 0, -1) if seconds(rows, count) <= limit), 0)


def most_rows(
    rows: Sequence[PlannedRow], epochs: int, limit: float, batch: int, seed: int, seconds: Seconds
) -> tuple[PlannedRow, ...]:
    """The largest part of ``rows``, in whole steps, whose epochs take no more than ``limit``; one step at least."""
    ordered, low, high = spread(rows, seed), 1, -(-len(rows) // batch)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if seconds(ordered[: middle * batch], epochs) <= limit else (low, middle - 1)
    # Padding makes the time of a part not quite monotonous.
    while low > 1 and seconds(ordered[: low * batch], epochs) > limit:
        low -= 1
    return tuple(sorted(ordered[: low * batch]))


def spread(rows: Sequence[PlannedRow], seed: int) -> list[PlannedRow]:
    """The rows in an order of which every beginning holds tasks and lengths in the shares of the whole."""
    random = np.random.default_rng(seed)
    groups: dict[tuple[str, int], list[PlannedRow]] = {}
    by_length = sorted(rows, key=lambda row: (row.tokens, row.place))
    for number, row in enumerate(by_length):
        groups.setdefault((row.task, number * LENGTH_GROUPS // len(rows)), []).append(row)
    placed: list[tuple[float, int, PlannedRow]] = []
    for _, group in sorted(groups.items()):
        start = random.random()
        order: list[int] = random.permutation(len(group)).tolist()
        placed += [((i + start) / len(group), group[at].place, group[at]) for i, at in enumerate(order)]
    return [row for _, _, row in sorted(placed)]
