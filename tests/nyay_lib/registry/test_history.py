"""What the journal's entries mean together, over promotions, rollbacks and switches that were broken off."""

from datetime import UTC, datetime, timedelta

import pytest

from nyay_lib.registry.history import lineage, periods, predecessor, removed_tags, rolled_back, served, unfinished
from nyay_lib.registry.journal import Entry, Event

START = datetime(2026, 11, 1, tzinfo=UTC)


def journal(*told: tuple[Event, str]) -> list[Entry]:
    """An entry an hour; a run's name is its digest."""
    times = [START + timedelta(hours=hour) for hour in range(len(told))]
    return [
        Entry(event=event, run_id=run_id, tag=f"n:{run_id}", sha256=run_id, passed=True, time=time)
        for time, (event, run_id) in zip(times, told, strict=True)
    ]


def names(entries: list[Entry]) -> list[str]:
    return [entry.run_id for entry in entries]


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ([], []),
        ([("promoted", "a"), ("refused", "b")], ["a"]),
        ([("promoted", "a"), ("promoted", "b"), ("promoted", "c")], ["a", "b", "c"]),
        ([("promoted", "a"), ("promoted", "a")], ["a"]),
        ([("promoted", "a"), ("promoted", "b"), ("promoted", "c"), ("restored", "b")], ["a", "b"]),
        ([("promoted", "a"), ("promoted", "b"), ("restored", "a"), ("promoted", "c")], ["a", "c"]),
        ([("promoted", "a"), ("promoted", "b"), ("restored", "a"), ("restored", "b")], ["a", "b"]),
        ([("promoted", "a"), ("promoted", "b"), ("promoted", "c"), ("restored", "a")], ["a"]),
    ],
)
def test_the_line_of_production(told: list[tuple[Event, str]], line: list[str]) -> None:
    entries = journal(*told)
    before = predecessor(entries)
    assert names(lineage(entries)) == line
    assert (before.run_id if before else None) == (line[-2] if len(line) > 1 else None)


def test_what_was_rolled_back_is_known_until_it_is_brought_back() -> None:
    told: list[tuple[Event, str]] = [("promoted", "a"), ("promoted", "b"), ("promoted", "c"), ("restored", "a")]
    assert set(rolled_back(journal(*told))) == {"b", "c"}
    assert set(rolled_back(journal(*told, ("restored", "b")))) == {"c"}
    assert rolled_back(journal(*told[:3])) == {}


@pytest.mark.parametrize(
    ("told", "open_"),
    [
        ([("promoting", "a")], "a"),
        ([("promoting", "a"), ("promoted", "a")], None),
        ([("promoting", "a"), ("abandoned", "a")], None),
        ([("promoted", "a"), ("restoring", "b"), ("registered", "c")], "b"),
        ([("registered", "a")], None),
    ],
)
def test_a_switch_that_was_broken_off_is_known(told: list[tuple[Event, str]], open_: str | None) -> None:
    found = unfinished(journal(*told))
    assert (found.run_id if found else None) == open_


def test_what_served_when_over_three_promotions_and_a_rollback() -> None:
    entries = journal(("promoted", "a"), ("promoted", "b"), ("refused", "x"), ("promoted", "c"), ("restored", "b"))
    half = timedelta(minutes=30)
    at = [START + timedelta(hours=hour) + half for hour in range(-1, 5)]
    assert [names([p.entry for p in served(entries, moment, moment)]) for moment in at] == [
        [],
        ["a"],
        ["b"],
        ["b"],
        ["c"],
        ["b"],
    ]
    assert names([p.entry for p in served(entries, at[1], at[4])]) == ["a", "b", "c"]
    assert [p.until for p in periods(entries)][-1] is None and periods([]) == []


def test_at_the_very_moment_of_a_switch_the_new_one_serves() -> None:
    entries = journal(("promoted", "a"), ("promoted", "b"))
    moment = entries[1].time
    assert names([p.entry for p in served(entries, moment, moment)]) == ["b"]


def test_a_tag_that_was_registered_again_is_there() -> None:
    told: list[tuple[Event, str]] = [("registered", "a"), ("registered", "b"), ("removed", "a"), ("removed", "b")]
    assert removed_tags(journal(*told, ("registered", "b"))) == {"n:a"}
