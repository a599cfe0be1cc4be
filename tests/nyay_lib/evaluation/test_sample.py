"""The sample of the gate: each task by its share, the same whenever it is drawn."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nyay_lib.evaluation.sample import choose_rows

TASKS = ["outcome_analysis"] * 100 + ["summarization"] * 60 + ["info_extraction"] * 38 + ["research_qa"] * 2
task_lists = st.lists(st.sampled_from("abcd"), min_size=1, max_size=60)


def counts(tasks: list[str], rows: tuple[int, ...]) -> Counter[str]:
    return Counter(tasks[row] for row in rows)


def test_each_task_has_its_share_and_none_is_forgotten() -> None:
    found = counts(TASKS, choose_rows(TASKS, 40, seed=0))
    assert found == {"outcome_analysis": 20, "summarization": 12, "info_extraction": 7, "research_qa": 1}


@pytest.mark.parametrize("samples", [200, 1000])
def test_of_fewer_rows_than_samples_all_are_taken(samples: int) -> None:
    assert choose_rows(TASKS, samples, seed=0) == tuple(range(200))


@given(task_lists, st.integers(1, 80), st.integers(0, 5))
def test_so_many_different_rows_as_were_asked_for_and_every_task_while_there_is_room(
    tasks: list[str], samples: int, seed: int
) -> None:
    rows = choose_rows(tasks, samples, seed)
    assert len(set(rows)) == len(rows) == min(samples, len(tasks)) and list(rows) == sorted(rows)
    assert len(counts(tasks, rows)) == min(samples, len(set(tasks)))


@given(task_lists, st.integers(1, 80), st.integers(0, 5))
def test_a_larger_sample_keeps_the_rows_of_the_smaller(tasks: list[str], samples: int, seed: int) -> None:
    assert set(choose_rows(tasks, samples, seed)) <= set(choose_rows(tasks, samples + 1, seed))


def test_another_seed_draws_others() -> None:
    assert len({choose_rows(TASKS, 40, seed) for seed in range(10)}) == 10
