"""Micro-batches and padding: every row once, little waste."""

from hypothesis import given
from hypothesis import strategies as st

from nyay_lib.data.order import steps_of_epoch
from nyay_lib.engine.batches import Row, micro_batches, pad


def rows(lengths: list[int]) -> list[Row]:
    return [Row(i, tuple(range(1, length + 1)), max(1, length // 2)) for i, length in enumerate(lengths)]


def test_rows_of_like_length_lie_together() -> None:
    lengths = [(i * 7919) % 500 + 2 for i in range(640)]
    all_rows = rows(lengths)
    steps = ([all_rows[i] for i in step] for step in steps_of_epoch(lengths, 16, seed=0, epoch=0))
    parts = [part for step in steps for part in micro_batches(step, 4)]
    padded = sum(len(part) * max(len(row.tokens) for row in part) for part in parts)
    assert padded < 1.05 * sum(lengths)


@given(lengths=st.lists(st.integers(2, 60), min_size=1, max_size=16), size=st.integers(1, 6))
def test_micro_batches_hold_each_row_once_and_none_is_larger(lengths: list[int], size: int) -> None:
    parts = list(micro_batches(rows(lengths), size))
    assert sorted(row.index for part in parts for row in part) == list(range(len(lengths)))
    assert all(len(part) <= size for part in parts)


def test_positions_point_at_the_outputs_that_predict_the_completion() -> None:
    batch = pad([Row(0, (5, 6, 7, 8), 2), Row(1, (9, 10, 11), 1)])
    assert batch.inputs.tolist() == [[5, 6, 7], [9, 10, 0]]
    assert batch.positions.tolist() == [1, 2, 3, 4]
    assert batch.targets.tolist() == [7, 8, 10, 11]
