"""In which order rows are trained on, and beside what. Functions of lengths and a seed alone: the plan counts with
the same ones that the engine trains by."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")
# Rows are sorted by length within groups of this many effective batches: little padding, and the order stays random.
GROUP_BATCHES = 8


def steps_of_epoch(lengths: Sequence[int], batch: int, seed: int, epoch: int) -> list[list[int]]:
    """Row indices of each optimizer step of an epoch: every row once, the last partial batch included.

    A function of (seed, epoch) and the rows' lengths alone. Rows of similar length lie together; which group a row
    falls into, and the order of the steps, are random.
    """
    random = np.random.default_rng((seed, epoch))
    order = random.permutation(len(lengths))
    group = batch * GROUP_BATCHES
    by_length = [sorted(order[i : i + group].tolist(), key=lengths.__getitem__) for i in range(0, len(order), group)]
    steps = [rows[i : i + batch] for rows in by_length for i in range(0, len(rows), batch)]
    return [steps[i] for i in random.permutation(len(steps))]


def cut(rows: Sequence[T], size: int, length: Callable[[T], Any]) -> Iterator[Sequence[T]]:
    """Split rows into micro-batches of ``size``, the last one smaller, rows of like ``length`` together."""
    ordered = sorted(rows, key=length)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


def deal(rows: Sequence[T], lanes: int) -> list[Sequence[T]]:
    """Neighbouring rows in as many parts as there are ``lanes``, none empty."""
    count = max(1, min(lanes, len(rows)))
    borders = [round(i * len(rows) / count) for i in range(count + 1)]
    return [rows[borders[i] : borders[i + 1]] for i in range(count)]
