"""A training step over several ranks: what is summed, what the others take over, and what must be the same on all."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NamedTuple
from zlib import crc32

import mlx.core as mx
import numpy as np
from mlx.utils import tree_map

from nyay_lib.engine.batches import Row, length_order
from nyay_lib.engine.lanes import Lanes
from nyay_lib.engine.loss import summed_loss
from nyay_lib.engine.ranks import Ranks
from nyay_lib.engine.state import State, state_of

EXACT_IN_F32 = 2**24
# Machines of different kinds round differently; another base model is much farther off.
SAME_LOSS = 0.01


class Sums(NamedTuple):
    """Loss and gradient over all rows of a step that were trained on, not yet divided by their tokens."""

    loss: float
    gradient: Any
    trained: list[Row]


def over_all_ranks(ranks: Ranks, rows: Sequence[Row], mine: Sums, parameters: Any) -> Sums:
    """The sums over all ranks. ``rows`` are the step's, the same on each; ``trained`` are told from counts of them.

    A rank without a row, as in the last batch of an epoch, has no gradient and adds zeros in the shape of
    ``parameters``. Alone it is what it was.
    """
    if ranks.count == 1:
        return mine
    times = Counter(row.index for row in mine.trained)
    counts = mx.array([times[row.index] for row in rows], mx.float32)
    gradient = tree_map(mx.zeros_like, parameters) if mine.gradient is None else mine.gradient
    total = ranks.sum({"loss": mx.array([mine.loss], mx.float32), "counts": counts, "gradient": gradient})
    found = zip(rows, np.array(total["counts"]).round().astype(int).tolist(), strict=True)
    trained = [row for row, count in found for _ in range(count)]
    return Sums(np.array(total["loss"]).tolist()[0], total["gradient"], trained)


def follow_first(ranks: Ranks, state: State, model: Any, optimizer: Any) -> State:
    """Put adapter and moments of the first rank in place; returns its state."""
    if ranks.count == 1:
        return state
    model.update(ranks.adopt(model.trainable_parameters()))
    optimizer.state = ranks.adopt(optimizer.state)
    return state_of(ranks.adopt_value(asdict(state)))


def require_same_work(ranks: Ranks, model: Any, rows: Sequence[Row], lanes: Lanes) -> None:
    """Raises NyayError when ranks hold other rows, or another base model, which a row's loss would show."""
    if ranks.count == 1:
        return
    digest = crc32(repr([row.tokens for row in rows]).encode()) % EXACT_IN_F32
    ranks.require_same("the data set", digest, tolerance=0.0)
    model.eval()
    loss = summed_loss(model, [min(rows, key=length_order)], 1, lanes)
    ranks.require_same("the loss of the shortest row", loss, SAME_LOSS)
