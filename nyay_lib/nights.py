"""Nights: the hours of the day in which training may have the machine.

Two times of a wall clock; where the second is the earlier one, midnight lies between them. The clock that hangs on the
wall decides, also on days on which it is set forward or back.
"""

import math
import re
import time as clock
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOURS = re.compile(r"\s*(\d\d:\d\d(?::\d\d)?)\s*-\s*(\d\d:\d\d(?::\d\d)?)\s*")
# A zone may skip the hours of a day, once a zone skipped the day itself: the next border is never farther than this.
SEARCHED = range(-1, 5)
# Short: the machine may sleep, and its clock may be set, while somebody waits.
HOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Nights:
    """From ``hours[0]`` until just before ``hours[1]`` each day in ``zone``; always where ``hours`` is None.

    Moments are aware datetimes of any zone.
    """

    hours: tuple[time, time] | None
    zone: ZoneInfo

    def is_open(self, at: datetime) -> bool:
        """Whether training may run at that moment."""
        if self.hours is None:
            return True
        (opens, closes), now = self.hours, at.astimezone(self.zone).time()
        return opens <= now < closes if opens < closes else now >= opens or now < closes

    def seconds_until_open(self, at: datetime) -> float:
        """0 while it is open."""
        return 0.0 if self.is_open(at) else self._until_change(at)

    def seconds_until_close(self, at: datetime) -> float:
        """0 while it is closed, infinity where it never closes."""
        if self.hours is None:
            return math.inf
        return self._until_change(at) if self.is_open(at) else 0.0

    def _until_change(self, at: datetime) -> float:
        # Seconds that go by, which the difference of two times of one zone is not where its clock is set between them.
        return self.next_change(at).timestamp() - at.timestamp()

    def next_change(self, at: datetime) -> datetime:
        """The first moment after ``at`` at which it opens or closes, in ``zone``. Raises ValueError where it is
        always open."""
        if self.hours is None:
            raise ValueError("what is always open neither opens nor closes")
        moments, before = self._moments(at.astimezone(UTC), self.hours), self.is_open(at)
        return next(moment for moment in moments if self.is_open(moment) != before).astimezone(self.zone)

    def _moments(self, at: datetime, hours: tuple[time, time]) -> list[datetime]:
        """The moments of the days around ``at``, and after it, at which the clock reaches or jumps over a border."""
        days = [at.astimezone(self.zone).date() + timedelta(days=n) for n in SEARCHED]
        reached = {moment for day in days for border in hours for moment in self._moments_of(day, border)}
        return sorted(moment for moment in reached | self._jumps(at) if moment > at)

    def _moments_of(self, day: date, border: time) -> list[datetime]:
        """When the clock shows ``border``: twice, an hour apart, where it was set back in between."""
        shown = datetime.combine(day, border, self.zone)
        return [shown.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]

    def _jumps(self, at: datetime) -> set[datetime]:
        """The moments of the searched days at which the clock is set, to the second."""
        start = int(at.timestamp())
        hours = range(start, start + SEARCHED.stop * 86_400, 3600)
        return {self._jump(h, h + 3600) for h in hours if self._offset(h) != self._offset(h + 3600)}

    def _jump(self, before: int, after: int) -> datetime:
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (middle, after) if self._offset(middle) == self._offset(before) else (before, middle)
        return datetime.fromtimestamp(after, UTC)

    def _offset(self, timestamp: int) -> timedelta | None:
        return datetime.fromtimestamp(timestamp, self.zone).utcoffset()


def parse_hours(text: str) -> tuple[time, time]:
    """``21:00-07:00``, or with seconds, as two times. Raises ValueError."""
    found = HOURS.fullmatch(text)
    try:
        opens, closes = (time.fromisoformat(part) for part in found.groups()) if found else (time(), time())
    except ValueError as error:
        raise ValueError(f"{error}; write two times of the day such as 21:00-07:00") from error
    if opens == closes:
        raise ValueError("names no hours; write two different times such as 21:00-07:00, or nothing for always")
    return opens, closes


def parse_zone(name: str) -> ZoneInfo:
    """A time zone by its name. Raises ValueError for one that is not known here."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:
        raise ValueError("is no time zone that this machine knows; write one such as Asia/Kolkata") from error


def now() -> datetime:
    """This moment, by the machine's clock."""
    return datetime.now(UTC)


def wait_until_open(nights: Nights, sleep: Callable[[float], None] = clock.sleep) -> None:
    """Return as soon as training may run. The clock is asked anew every few seconds."""
    while (left := nights.seconds_until_open(now())) > 0:
        sleep(min(left, HOP_SECONDS))
