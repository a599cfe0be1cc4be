"""How many nights a training takes that has the machine only in some hours of the day."""

from datetime import datetime, timedelta

from nyay_lib.nights import Nights

MOST_NIGHTS = 1000


def nights_needed(
    seconds: float, restart_seconds: float, nights: Nights, start: datetime
) -> tuple[int, datetime] | None:
    """Number of nights, and when training ends, if it begins at ``start`` or as soon as it may.

    Each night loads the base again, ``restart_seconds``. None if it takes more nights than anyone waits.
    """
    at, left = start, seconds
    for night in range(1, MOST_NIGHTS + 1):
        at += timedelta(seconds=nights.seconds_until_open(at))
        room = nights.seconds_until_close(at) - restart_seconds
        if left <= room:
            return night, (at + timedelta(seconds=restart_seconds + left)).astimezone(nights.zone)
        left -= max(0.0, room)
        at = nights.next_change(at)
    return None
