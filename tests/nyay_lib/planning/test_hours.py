"""Fitting into hours: never longer than asked, never less than fits, and each chosen row equally often."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from nyay_lib.ladder import ladder
from nyay_lib.planning.hours import Choice, choose, spread
from nyay_lib.planning.workload import PlannedRow
from tests.nyay_lib.planning.made import outlook, rows

LENGTHS = st.lists(st.integers(20, 2000), min_size=1, max_size=120)
BATCH = 4


class Case:
    """A choice and what it was made from."""

    def __init__(self, lengths: list[int], epochs: int, share: float) -> None:
        self.outlook = outlook(lengths, training={"epochs": epochs, "batch_size": 2, "gradient_accumulation": 2})
        self.whole = self.seconds(self.outlook.rows, epochs)
        self.limit = self.whole * share
        self.choice = self.choose(self.limit)

    def seconds(self, some: tuple[PlannedRow, ...], epochs: int) -> float:
        return self.outlook.seconds(ladder(self.outlook.config)[0], some, epochs)

    def choose(self, limit: float | None) -> Choice:
        training = self.outlook.config.training
        return choose(
            self.outlook.rows, training.epochs, limit, BATCH, training.seed, lambda r, e: self.seconds(tuple(r), e)
        )


@given(lengths=LENGTHS, epochs=st.integers(1, 4), share=st.floats(0.01, 1.2))
def test_it_never_takes_longer_than_asked_unless_one_step_does(lengths: list[int], epochs: int, share: float) -> None:
    case = Case(lengths, epochs, share)
    taken = case.seconds(*case.choice)
    assert taken <= case.limit or (len(case.choice.rows) <= BATCH and case.choice.epochs == 1)


@given(lengths=LENGTHS, epochs=st.integers(1, 4), share=st.floats(0.01, 1.2))
def test_rows_go_only_when_no_epoch_fits_and_nothing_goes_that_fits(
    lengths: list[int], epochs: int, share: float
) -> None:
    case = Case(lengths, epochs, share)
    chosen, times = case.choice
    assert share < 1 or (chosen, times) == (case.outlook.rows, epochs)
    if len(chosen) == len(lengths):
        assert times == epochs or case.seconds(case.outlook.rows, times + 1) > case.limit
    else:
        assert times == 1 and case.seconds(case.outlook.rows, 1) > case.limit


@given(lengths=LENGTHS, share=st.floats(0.01, 0.9))
def test_chosen_rows_are_rows_each_once_in_the_order_of_the_file(lengths: list[int], share: float) -> None:
    case = Case(lengths, 1, share)
    places = [row.place for row in case.choice.rows]
    assert places == sorted(set(places)) and set(case.choice.rows) <= set(case.outlook.rows)
    assert case.choice == case.choose(case.limit)


def test_without_hours_everything_is_trained() -> None:
    case = Case([100] * 10, 3, 0.5)
    assert case.choose(None) == Choice(case.outlook.rows, 3)


@given(count=st.integers(8, 200), length=st.integers(100, 900))
def test_every_beginning_holds_tasks_and_lengths_in_their_shares(count: int, length: int) -> None:
    ordered = spread(rows([length + i % 7 for i in range(count)]), seed=3)
    for end in (count // 4, count // 2):
        tasks = Counter(row.task for row in ordered[:end])
        # Eight groups of task and length, each rounded by at most one row.
        assert abs(tasks["summarization"] - tasks["research_qa"]) <= 8
    assert sorted(ordered) == list(rows([length + i % 7 for i in range(count)]))
