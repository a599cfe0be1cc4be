"""Sheets and opinions as a CSV file that Excel and LibreOffice open as it is, and that comes back as it went.

UTF-8 with a byte-order mark, or Excel takes Devanagari for something else. A cell that a spreadsheet would take for a
formula has an apostrophe before it, which reading takes away. Excel keeps 32,767 characters in a cell, so a longer
text goes on in further columns. On the way in, commas, semicolons and tabs are known.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nyay_lib.errors import DataError
from nyay_lib.files import write_text
from nyay_lib.review.opening import BlindSheet, Opened
from nyay_lib.review.opinions import CHECKS, Checks, Opinion

CELL = 30_000
ANSWERS = ("a", "b")
CHECK_COLUMNS = tuple(f"{side}_{check}" for side in ANSWERS for check in CHECKS)
TEXTS = ("question", "judgment", "answer_a", "answer_b")
COLUMNS = ("review", "id", "task", *TEXTS, *CHECK_COLUMNS, "note")
NEEDED = tuple(column for column in COLUMNS if column not in ("task", *TEXTS))
# The wide forms too, which some spreadsheets take for the narrow ones.
FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")
YES = frozenset(("yes", "y", "true", "1", "हाँ", "हां"))
NO = frozenset(("no", "n", "false", "0", "नहीं"))


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a file: where it begins, and its cells by column."""

    file: Path
    line: int
    cells: Mapping[str, str]

    def fault(self, column: str, what: str) -> DataError:
        """An error that names line, column and value."""
        return DataError(f"{self.file}:{self.line}: column {column}: {self.cells[column]!r:.80} {what}")


def write_table(path: Path, opening: Opened, said: Mapping[str, Opinion]) -> None:
    """Write the sheets with what was said of them so far. Raises DataError where there is a file, or none can be."""
    if path.exists():
        raise DataError(f"{path}: is there already, and may be filled in; name another file, or move it away")
    rows = [_cells(opening, sheet, said.get(sheet.id)) for sheet in opening.sheets]
    text = io.StringIO(newline="")
    columns = sorted({column for row in rows for column in row}, key=_place)
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({column: defused(cell) for column, cell in row.items()} for row in rows)
    try:
        write_text(path, "\ufeff" + text.getvalue())
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror}); name another file") from error


def defused(cell: str) -> str:
    """A cell that no spreadsheet computes."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def restored(cell: str) -> str:
    """What ``defused`` was given."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def read_table(path: Path, opening: Opened) -> list[Opinion]:
    """The opinions in a file; rows whose checks are all empty say nothing yet.

    Raises DataError that names line, column and value: another run's file, a column that is missing, an id that is
    unknown or there twice, a check that is neither yes nor no, a row whose checks are only partly filled in.
    """
    known, seen = {sheet.id for sheet in opening.sheets}, dict[str, int]()
    opinions: list[Opinion] = []
    for row in _rows(path):
        if row.cells["review"].strip() != _title(opening):
            raise row.fault("review", f"is not this one, {_title(opening)!r}: import it into the run that it is of")
        name = row.cells["id"].strip()
        if name not in known:
            raise row.fault("id", "is no question of this review; export it anew")
        if name in seen:
            raise row.fault("id", f"stands in line {seen[name]} already; keep one")
        seen[name] = row.line
        opinions += _opinion(row)
    return opinions


def _opinion(row: Row) -> list[Opinion]:
    filled = [column for column in CHECK_COLUMNS if row.cells[column].strip()]
    if not filled and row.cells["note"].strip():
        raise row.fault(CHECK_COLUMNS[0], "is empty, but there is a note: fill in all checks of the row, or empty it")
    if not filled:
        return []
    checks = {column: _said(row, column) for column in CHECK_COLUMNS}
    a, b = (Checks.model_validate({check: checks[f"{side}_{check}"] for check in CHECKS}) for side in ANSWERS)
    return [Opinion(id=row.cells["id"].strip(), a=a, b=b, note=row.cells["note"], source="file")]


def _said(row: Row, column: str) -> bool:
    value = row.cells[column].strip().casefold()
    if not value:
        raise row.fault(column, "is empty while other checks of the row are filled in: say yes or no")
    if value not in YES | NO:
        raise row.fault(column, "is neither yes nor no")
    return value in YES


def _title(opening: Opened) -> str:
    """Words, since a spreadsheet may take the name of a run for a date or a number."""
    return f"review of {opening.run_id}"


def _place(column: str) -> tuple[int, int]:
    """Where a column stands, further ones of a long text right behind it."""
    name, _, number = column.partition(" ")
    return COLUMNS.index(name), int(number or 1)


def _cells(opening: Opened, sheet: BlindSheet, said: Opinion | None) -> dict[str, str]:
    cells = {"review": _title(opening), "id": sheet.id, "task": sheet.task_type}
    for column in TEXTS:
        cells |= _parts(column, getattr(sheet, column))
    for side in ANSWERS:
        checks: Checks | None = getattr(said, side) if said else None
        cells |= {f"{side}_{check}": _word(checks and getattr(checks, check)) for check in CHECKS}
    return cells | {"note": said.note if said else ""}


def _word(holds: bool | None) -> str:
    return "" if holds is None else "yes" if holds else "no"


def _parts(column: str, text: str) -> dict[str, str]:
    """A text in as many cells as it takes: ``judgment``, ``judgment 2`` and so on."""
    parts = [text[start : start + CELL] for start in range(0, len(text), CELL)] or [""]
    return {column if number == 1 else f"{column} {number}": part for number, part in enumerate(parts, start=1)}


def _rows(path: Path) -> Iterator[Row]:
    """The lines of a file. Raises DataError where it is no such table."""
    text = _text(path)
    head = text.splitlines()[0] if text else ""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count), strict=True)
    try:
        columns = [name.strip() for name in next(reader, list[str]())]
        if missing := [name for name in NEEDED if name not in columns]:
            raise DataError(f"{path}:1: column {missing[0]!r} is missing, of {', '.join(NEEDED)}")
        line = reader.line_num + 1
        for cells in reader:
            padded = [restored(cell) for cell in cells] + [""] * (len(columns) - len(cells))
            if any(cell.strip() for cell in cells):
                yield Row(path, line, dict(zip(columns, padded, strict=False)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{path}:{reader.line_num}: is no CSV ({error}); save it as CSV UTF-8") from error


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}); name a file that was exported") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is not UTF-8 (byte {error.start}); save it as CSV UTF-8") from error
