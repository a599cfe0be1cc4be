"""A page of a report: Markdown for reading, a table for searching, both from the same figures."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

Cell = str | int | float | bool | None


class Digest(str):
    """A hash in hexadecimal. A page shows what tells it from others, its table the whole."""

    __slots__ = ()


class Bytes(int):
    """A count of bytes. A page shows it as a size too, its table as the number."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Page:
    """``markdown`` and ``table`` (a list of rows with the same keys) of one step, and what they say in a line."""

    markdown: str
    table: Sequence[Mapping[str, Cell]]
    gist: str = ""


def figures_page(title: str, figures: Mapping[str, Cell], *more: str, gist: str = "") -> Page:
    """A title, a table of named figures, and whatever stands below. Cells keep their full precision in the table."""
    table = figure_table(figures)
    return Page("\n\n".join([f"# {title}", grid(table), *(part for part in more if part)]), table, gist)


def figure_table(figures: Mapping[str, Cell]) -> list[dict[str, Cell]]:
    """Named figures as rows, a name and a value each."""
    return [{"figure": name, "value": value} for name, value in figures.items()]


def grid(rows: Sequence[Mapping[str, Cell]]) -> str:
    """Rows with the same keys as a Markdown table."""
    if not rows:
        return ""
    head = list(rows[0])
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *(f"| {' | '.join(show(row[key]) for key in head)} |" for row in rows)])


def show(value: Cell) -> str:
    """A cell for reading: thousands apart, four significant digits, no line break or bar to tear the table."""
    if value is None:
        return "not measured"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Bytes):
        return f"{size(value)} ({int(value):,})"
    if isinstance(value, Digest):
        return f"{value[:16]}…" if len(value) > 16 else str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return value.replace("|", "\\|").replace("\n", " ")


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def moment(at: datetime) -> str:
    """An aware moment as a person says it, with its zone."""
    return f"{at:%H:%M on %A, %d %B} ({at.tzinfo})"


def size(count: float) -> str:
    """Bytes in decimal units, as disks and GGUF files are sold."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= factor:
            return f"{count / factor:.2f} {unit}"
    return f"{count:.0f} B"


def quote(text: str, longest: int = 1200) -> str:
    """Text of a model as a quotation: its lines are kept, and none of it is read as Markdown or HTML."""
    shortened = text if len(text) <= longest else text[:longest] + " [...]"
    # Two blanks at the end of a line make it a line of its own.
    return "\n".join(f"> {literal(line)}  " for line in shortened.strip().splitlines() or ["(nothing)"])


def literal(line: str) -> str:
    """A line of which no part becomes a heading, list, link, image, formula or table."""
    plain = line.strip().replace("&", "&amp;").replace("<", "&lt;")
    marked = re.sub(r"([\\`*_\[\]#|~!$>])", r"\\\1", plain)
    return re.sub(r"^(\d*)([-+=.)])", r"\1\\\2", marked)
