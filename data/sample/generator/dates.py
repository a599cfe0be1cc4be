"""Days as judgments write them."""

from datetime import date

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
STYLES = 4


def written(day: date, style: int) -> str:
    """A day in one of ``STYLES`` manners; the first is in figures."""
    if style == 0:
        return f"{day.day:02d}.{day.month:02d}.{day.year}"
    month = MONTHS[day.month - 1]
    if style == 1:
        return f"{day.day} {month} {day.year}"
    if style == 2:
        return f"{month} {day.day}, {day.year}"
    ending = "th" if 10 < day.day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{day.day}{ending} {month}, {day.year}"
