"""A pool divided: no kin on two sides, near the asked share, and a validation set that never moves."""

import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.sample.generate import generate
from nyay_lib.data.split import Division, FrozenValidation, PoolRow, choose, divide, load_frozen
from nyay_lib.errors import DataError
from tests.nyay_lib.data.judgments import BAIL_1, BAIL_2, LAND_1, LAND_2, LAND_3, LAND_BETWEEN, TASKS, record, write
from tests.nyay_lib.data.pools import split_pool
from tests.nyay_lib.data.test_leaks import find_leaks


def pool(kins: list[list[str]]) -> list[PoolRow]:
    """Rows of these kins, each given by its rows' tasks; a kin has a case for every two rows."""
    return [
        PoolRow(f"pool.jsonl:{kin}-{n}", f"CNR{kin}-{n // 2}", task, f"digest{kin}-{n}", f"CNR{kin}-0")
        for kin, tasks in enumerate(kins)
        for n, task in enumerate(tasks)
    ]


KINS = st.lists(st.lists(st.sampled_from(TASKS), min_size=1, max_size=6), min_size=2, max_size=60)
SEEDS = st.integers(0, 5)
SHARES = st.floats(0.05, 0.5)


def sides(rows: list[PoolRow], division: Division) -> dict[str, str]:
    names = {
        **dict.fromkeys(division.training, "training"),
        **dict.fromkeys(division.validation, "validation"),
        **dict.fromkeys(division.held_out, "held_out"),
    }
    return {row.id: names[row.id] for row in rows}


@given(KINS, SHARES, SEEDS)
def test_every_row_is_on_one_side_and_no_kin_is_divided(kins: list[list[str]], share: float, seed: int) -> None:
    rows = pool(kins)
    division = divide(rows, choose(rows, share, seed))
    assert sorted((*division.training, *division.validation)) == sorted(row.id for row in rows)
    assert division.held_out == division.missing == ()
    assert division.training and division.validation
    side = sides(rows, division)
    assert all(len({side[row.id] for row in rows if row.kin == kin}) == 1 for kin in {row.kin for row in rows})


@given(KINS, SHARES, SEEDS, st.randoms())
def test_the_choice_is_that_of_the_seed_whatever_the_order(
    kins: list[list[str]], share: float, seed: int, rng: random.Random
) -> None:
    rows = pool(kins)
    chosen = choose(rows, share, seed)
    rng.shuffle(rows)
    assert choose(rows, share, seed).rows == chosen.rows
    assert choose(rows, share, seed).digest == chosen.digest


@given(st.lists(st.sampled_from(TASKS), min_size=40, max_size=200), SHARES, SEEDS)
def test_each_task_has_its_share(tasks: list[str], share: float, seed: int) -> None:
    rows = pool([[task, task] for task in tasks])
    counts, chosen = Counter(row.task for row in rows), choose(rows, share, seed).rows
    held = Counter(row.task for row in rows if row.digest in chosen)
    assert all(abs(held[task] - share * counts[task]) <= 2 for task in counts)


@given(st.lists(st.tuples(*[st.sampled_from(TASKS)] * 2), min_size=60, max_size=200), st.floats(0.1, 0.3), SEEDS)
def test_two_tasks_a_case_are_near_the_share_too(tasks: list[tuple[str, str]], share: float, seed: int) -> None:
    rows = pool([list(pair) for pair in tasks])
    assert abs(len(choose(rows, share, seed).rows) - share * len(rows)) <= 8


@given(KINS, KINS, SHARES, SEEDS, st.data())
def test_validation_does_not_move_when_rows_come(
    kins: list[list[str]], more: list[list[str]], share: float, seed: int, data: st.DataObject
) -> None:
    """Some of the new rows are of old kin: further tasks of a case, or near-duplicates of it."""
    rows = pool(kins)
    frozen = choose(rows, share, seed)
    old = [row.kin for row in rows]
    new = [
        PoolRow(
            f"new:{row.id}", f"new{row.cnr}", row.task, f"new{row.digest}", data.draw(st.sampled_from([row.kin, *old]))
        )
        for row in pool(more)
    ]
    before, after = divide(rows, frozen), divide([*rows, *new], frozen)
    assert after.validation == before.validation
    kin = {row.id: row.kin for row in [*rows, *new]}
    assert not {kin[id] for id in after.validation} & {kin[id] for id in after.training}
    assert {kin[id] for id in after.held_out} <= {kin[id] for id in after.validation}


def test_a_case_with_a_further_task_and_a_second_copy_are_held_out() -> None:
    rows = pool([["research_qa"], ["research_qa"]])
    frozen = FrozenValidation(seed=0, share=0.5, rows={rows[0].digest: rows[0].cnr})
    copy = PoolRow("new.jsonl:1", rows[0].cnr, rows[0].task, rows[0].digest, rows[0].kin)
    further = PoolRow("new.jsonl:2", rows[0].cnr, "summarization", "other", rows[0].kin)
    division = divide([*rows, copy, further], frozen)
    assert (division.validation, division.held_out) == ((rows[0].id,), (copy.id, further.id))
    assert division.training == (rows[1].id,)


def test_a_forgotten_row_is_missing_and_its_case_still_held_out() -> None:
    frozen = FrozenValidation(seed=0, share=0.5, rows={"digest9": "CNR0-0"})
    division = divide(pool([["research_qa"], ["research_qa"]]), frozen)
    assert (division.missing, division.held_out) == (("digest9",), ("pool.jsonl:0-0",))


def test_a_case_that_bridges_training_and_validation_takes_the_training_row_out(tmp_path: Path) -> None:
    """LAND_3 and LAND_1 are apart until a case comes that is near both."""
    paths = [write(tmp_path / "old.jsonl", [record(1, LAND_1), record(2, LAND_3), record(3, BAIL_1)])]
    frozen = tmp_path / "frozen.json"
    seed = next(seed for seed in range(50) if split_once(paths, tmp_path / f"{seed}.json", seed) == ("old.jsonl:1",))
    before = split_pool(paths, frozen, 0.3, seed)
    after = split_pool([*paths, write(tmp_path / "new.jsonl", [record(4, LAND_BETWEEN)])], frozen, 0.3, seed)
    assert before.training == ("old.jsonl:2", "old.jsonl:3")
    assert after.validation == before.validation
    assert after.held_out == ("old.jsonl:2", "new.jsonl:1")


def split_once(paths: list[Path], frozen: Path, seed: int) -> tuple[str, ...]:
    return split_pool(paths, frozen, 0.3, seed).validation


def test_near_duplicates_go_the_same_way_and_files_are_apart(tmp_path: Path) -> None:
    rows = [record(1, LAND_1), record(2, LAND_2), record(3, BAIL_1), record(4, BAIL_2), record(1, LAND_1, TASKS[1])]
    path = write(tmp_path / "pool.jsonl", rows)
    for seed in range(8):
        division = split_pool([path], tmp_path / f"frozen{seed}.json", 0.4, seed)
        land = {"pool.jsonl:1", "pool.jsonl:2", "pool.jsonl:5"}
        assert land <= set(division.training) or land <= set(division.validation)


def test_the_frozen_file_is_written_once_and_rules(tmp_path: Path) -> None:
    path = write(tmp_path / "pool.jsonl", [record(1, LAND_1), record(2, BAIL_1), record(3, BAIL_2)])
    frozen = tmp_path / "frozen.json"
    first = split_pool([path], frozen, 0.3, 1)
    text = frozen.read_text(encoding="utf-8")
    assert split_pool([path], frozen, 0.6, 99) == first
    assert frozen.read_text(encoding="utf-8") == text
    assert load_frozen(frozen).seed == 1


def test_one_kin_cannot_be_divided(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="2 rows of 1 unrelated cases cannot be divided"):
        split_pool([write(tmp_path / "p.jsonl", [record(1, LAND_1), record(2, LAND_2)])], tmp_path / "f.json", 0.5, 0)


def test_a_damaged_choice_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "f.json").write_text("{}")
    with pytest.raises(DataError, match=r"f\.json: does not hold the frozen validation rows"):
        split_pool([], tmp_path / "f.json", 0.1, 0)


def test_a_generated_pool_is_split_without_a_leak_and_stays_so(tmp_path: Path) -> None:
    folder, seed = tmp_path, 4
    generate(folder, rows=600, seed=seed, mean_words=200, faults="near_duplicate,leak_sibling", fault_share=0.05)
    old, new = folder / "train.jsonl", folder / "val.jsonl"
    before = split_pool([old], folder / "frozen.json", 0.1, seed)
    after = split_pool([old, new], folder / "frozen.json", 0.1, seed)
    assert after.validation == before.validation
    assert len(before.validation) == pytest.approx(54, abs=6)
    lines = {f"{path.name}:{n}": line for path in (old, new) for n, line in enumerate(path.open(encoding="utf-8"), 1)}
    for name, ids in (("t.jsonl", after.training), ("v.jsonl", after.validation)):
        (folder / name).write_text("".join(lines[id] for id in ids), encoding="utf-8")
    assert find_leaks([folder / "t.jsonl"], [folder / "v.jsonl"]).pairs == 0
