"""Which answers lawyers see: the riskiest of each task, the same ones each time."""

from collections import Counter

from nyay_lib.review.choice import choose, risk
from tests.nyay_lib.review.conftest import make_sheet


def test_each_sign_weighs_more_than_all_after_it() -> None:
    bad, wrong, cut = {"unsupported": ("s:ipc:420",)}, {"right": False}, {"ended": "length"}
    signs = [bad, wrong | cut, wrong, cut, {}]
    assert [risk(make_sheet(0, **sign), ()) for sign in signs] == [8, 5, 4, 1, 0]
    assert risk(make_sheet(0), {"val.jsonl:1"}) == 2


def test_every_task_has_its_share_and_within_it_the_riskiest_come_first() -> None:
    sheets = [make_sheet(number, unsupported=("x",) if number >= 30 else ()) for number in range(40)]
    chosen = choose(sheets, (), 8, seed=0)
    assert set(Counter(sheet.task_type for sheet in chosen).values()) == {2}
    assert all(sheet.unsupported for sheet in chosen)


def test_the_seed_draws_among_equals_and_more_answers_keep_those_of_fewer() -> None:
    sheets = [make_sheet(number) for number in range(40)]
    few, many, other = choose(sheets, (), 8, 0), choose(sheets, (), 12, 0), choose(sheets, (), 8, 1)
    assert few == choose(sheets[::-1], (), 8, 0)
    assert {sheet.id for sheet in few} < {sheet.id for sheet in many}
    assert {sheet.id for sheet in few} != {sheet.id for sheet in other}


def test_all_are_taken_where_there_are_no_more() -> None:
    assert len(choose([make_sheet(number) for number in range(3)], (), 12, 0)) == 3
