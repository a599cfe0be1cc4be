"""Which validation rows are answered: of each task so many as is its share, drawn by seed."""

from collections.abc import Mapping, Sequence

import numpy as np


def choose_rows(tasks: Sequence[str], samples: int, seed: int) -> tuple[int, ...]:
    """Numbers of the chosen rows, rising: ``samples`` of them, all where there are no more.

    Of every task at least one row is taken while there is room. More samples keep the rows of fewer.
    """
    rows = {task: [row for row, kind in enumerate(tasks) if kind == task] for task in sorted(set(tasks))}
    shares = share_out({task: len(found) for task, found in rows.items()}, min(samples, len(tasks)))
    chosen: list[int] = []
    for task, found in rows.items():
        order = np.random.default_rng(seed).permutation(len(found))
        chosen += [found[place] for place in order[: shares[task]]]
    return tuple(sorted(chosen))


def share_out(sizes: Mapping[str, int], samples: int) -> dict[str, int]:
    """So many rows of each task: one by one to the task that is furthest behind its share (Sainte-Laguë's method).

    Counts never fall as ``samples`` grows, unlike those of largest remainders.
    """
    shares = dict.fromkeys(sizes, 0)
    for _ in range(samples):
        short = [task for task in sizes if shares[task] < sizes[task]]
        empty = [task for task in short if not shares[task]]
        nearest = max(empty or short, key=lambda task: sizes[task] / (2 * shares[task] + 1))
        shares[nearest] += 1
    return shares
