"""The hours in which training runs: by the clock on the wall, whatever happens to that clock."""

import math
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nyay_lib import nights as nights_module
from nyay_lib.config import PipelineConfig
from nyay_lib.nights import Nights, parse_hours, wait_until_open

SECOND = timedelta(seconds=1)
# No summer time, an hour of it, half an hour of it, and a zone that left out 30 December 2011.
ZONES = [ZoneInfo(n) for n in ("Asia/Kolkata", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia")]
TIMES = st.times().map(lambda t: t.replace(microsecond=0))
HOURS = st.tuples(TIMES, TIMES).filter(lambda pair: pair[0] != pair[1])
WINDOWS = st.builds(Nights, HOURS, st.sampled_from(ZONES))
MOMENTS = st.datetimes(datetime(2011, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC))


def nights(text: str, zone: str = "Asia/Kolkata") -> Nights:
    return Nights(parse_hours(text), ZoneInfo(zone))


def at(text: str, zone: str = "Asia/Kolkata") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@settings(max_examples=60)
@given(window=WINDOWS, moment=MOMENTS)
def test_it_is_either_open_and_will_close_or_closed_and_will_open(window: Nights, moment: datetime) -> None:
    until_open, until_close = window.seconds_until_open(moment), window.seconds_until_close(moment)
    assert window.is_open(moment) == (until_open == 0.0) == (until_close > 0.0)
    assert 0 <= until_open <= 4 * 86_400 and 0 <= until_close <= 4 * 86_400


@settings(max_examples=60)
@given(window=WINDOWS, moment=MOMENTS, share=st.floats(0.0, 1.0))
def test_nothing_changes_before_the_next_change_and_all_with_it(window: Nights, moment: datetime, share: float) -> None:
    change, before = window.next_change(moment), window.is_open(moment)
    between = moment + (change.astimezone(UTC) - moment) * share
    assert window.is_open(change) != before
    assert window.is_open(between) == before or between >= change.astimezone(UTC)


@settings(max_examples=60)
@given(window=WINDOWS, moment=MOMENTS)
def test_a_moment_is_the_same_in_every_zone(window: Nights, moment: datetime) -> None:
    elsewhere = moment.astimezone(ZoneInfo("Europe/London"))
    assert window.is_open(elsewhere) == window.is_open(moment)
    assert window.next_change(elsewhere) == window.next_change(moment)


@pytest.mark.parametrize(
    ("moment", "until_open", "until_close"),
    [
        ("2026-01-05T20:59:59", 1, 0),
        ("2026-01-05T21:00:00", 0, 36_000),
        ("2026-01-06T00:00:00", 0, 25_200),
        ("2026-01-06T06:59:59", 0, 1),
        ("2026-01-06T07:00:00", 50_400, 0),
    ],
)
def test_a_night_spans_midnight(moment: str, until_open: int, until_close: int) -> None:
    window = nights("21:00-07:00")
    assert (window.seconds_until_open(at(moment)), window.seconds_until_close(at(moment))) == (until_open, until_close)


@pytest.mark.parametrize(
    ("hours", "moment", "seconds"),
    [
        ("21:00-07:00", "2026-03-07T21:00:00", 9 * 3600),  # the clock is set forward at two
        ("21:00-07:00", "2026-10-31T21:00:00", 11 * 3600),  # and back at two
        ("01:30-05:00", "2026-03-08T01:30:00", 2.5 * 3600),
        ("00:00-01:30", "2026-11-01T00:00:00", 1.5 * 3600),  # it shows one again later
    ],
)
def test_summer_time_makes_a_night_shorter_or_longer(hours: str, moment: str, seconds: float) -> None:
    zone = "America/New_York"
    assert nights(hours, zone).seconds_until_close(at(moment, zone)) == seconds


def test_hours_that_the_clock_jumps_over_are_left_out_that_day() -> None:
    zone = "America/New_York"
    window, before = nights("02:15-02:45", zone), at("2026-03-08T01:00:00", zone)
    assert window.next_change(before) == at("2026-03-09T02:15:00", zone)
    assert nights("02:15-04:00", zone).next_change(before) == at("2026-03-08T03:00:00", zone)


def test_without_hours_it_is_always_open() -> None:
    always, moment = Nights(None, ZONES[0]), datetime(2026, 1, 1, tzinfo=UTC)
    assert always.is_open(moment)
    assert (always.seconds_until_open(moment), always.seconds_until_close(moment)) == (0.0, math.inf)


class Clock:
    """A clock that shows what it is told to, one moment for each look, and counts what was slept."""

    def __init__(self, *moments: str) -> None:
        self.moments = [at(moment).astimezone(UTC) for moment in moments]
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.moments.pop(0)


@pytest.mark.parametrize(
    "moments",
    [
        ["20:59:50", "20:59:55", "21:00:00"],  # time goes by
        ["20:00:00", "22:00:00"],  # the clock is set forward, or the machine has slept
        ["20:59:59", "18:00:00", "21:00:00"],  # the clock is set back
        ["20:59:59", "2026-01-06T09:00:00", "2026-01-06T21:30:00"],  # the machine has slept through the night
    ],
)
def test_waiting_goes_by_the_clock_at_every_look(moments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(*(moment if "T" in moment else f"2026-01-05T{moment}" for moment in moments))
    monkeypatch.setattr(nights_module, "now", clock.now)
    wait_until_open(nights("21:00-07:00"), clock.slept.append)
    assert clock.moments == []
    assert all(0 < seconds <= 5 for seconds in clock.slept)


def test_an_open_window_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock("2026-01-05T23:00:00")
    monkeypatch.setattr(nights_module, "now", clock.now)
    wait_until_open(nights("21:00-07:00"), clock.slept.append)
    assert clock.slept == []


def test_hours_may_have_seconds_and_blanks() -> None:
    assert parse_hours(" 21:00:30 - 07:00 ") == (time(21, 0, 30), time(7))


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"train_between": "9pm-7am"}, "names no hours; write two different times such as 21:00-07:00"),
        ({"train_between": "21:00-21:00"}, "names no hours"),
        ({"train_between": "21:00-24:00"}, "hour must be in 0..23; write two times of the day such as 21:00-07:00"),
        ({"timezone": "India"}, "is no time zone that this machine knows; write one such as Asia/Kolkata"),
        ({"timezone": "../etc/passwd"}, "is no time zone"),
        ({"timezone": "Asia"}, "is no time zone"),
    ],
)
def test_a_wrong_setting_is_refused_in_words(settings: dict[str, str], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        PipelineConfig.model_validate({"time": settings})


def test_no_hours_or_blank_ones_mean_always() -> None:
    for given_hours in ({}, {"train_between": None}, {"train_between": " "}):
        assert PipelineConfig.model_validate({"time": given_hours}).time.nights == Nights(None, ZONES[0])
