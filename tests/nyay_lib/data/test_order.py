"""Order: every row once an epoch, whatever the lengths, and dealt out whole."""

from hypothesis import given
from hypothesis import strategies as st

from nyay_lib.data.order import deal, steps_of_epoch

LENGTHS = st.lists(st.integers(2, 500), min_size=1, max_size=300)


@given(lengths=LENGTHS, batch=st.integers(1, 32), epoch=st.integers(0, 5))
def test_every_row_stands_in_exactly_one_step_of_an_epoch(lengths: list[int], batch: int, epoch: int) -> None:
    steps = steps_of_epoch(lengths, batch, seed=1, epoch=epoch)
    assert sorted(row for step in steps for row in step) == list(range(len(lengths)))
    assert len(steps) == -(-len(lengths) // batch)
    assert sorted(len(step) for step in steps)[1:] == [batch] * (len(steps) - 1)


def test_epochs_differ_and_the_same_seed_gives_the_same_order() -> None:
    lengths = [i % 37 + 2 for i in range(200)]
    assert steps_of_epoch(lengths, 16, 0, 0) == steps_of_epoch(lengths, 16, 0, 0)
    assert steps_of_epoch(lengths, 16, 0, 0) != steps_of_epoch(lengths, 16, 0, 1)
    assert steps_of_epoch(lengths, 16, 0, 0) != steps_of_epoch(lengths, 16, 1, 0)


@given(rows=st.lists(st.integers(), min_size=1, max_size=20), lanes=st.integers(0, 9))
def test_lanes_share_all_rows_evenly(rows: list[int], lanes: int) -> None:
    parts = deal(rows, lanes)
    assert [row for part in parts for row in part] == rows
    assert len(parts) == max(1, min(lanes, len(rows)))
    assert max(len(part) for part in parts) - min(len(part) for part in parts) <= 1
