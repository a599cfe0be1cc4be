"""The file for a spreadsheet: it comes back as it went, computes nothing, and says where it is wrong."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nyay_lib.errors import DataError
from nyay_lib.review.opening import Opened, open_review
from nyay_lib.review.opinions import Opinion
from nyay_lib.review.table import CHECK_COLUMNS, defused, read_table, restored, write_table
from nyay_lib.runs import RunDir
from tests.nyay_lib.review.conftest import NOW, opinion

Table = list[dict[str, str]]
FULL = dict.fromkeys(CHECK_COLUMNS, "yes")


@pytest.fixture
def file(opened: Opened, tmp_path: Path) -> Path:
    write_table(tmp_path / "answers.csv", opened, {})
    return tmp_path / "answers.csv"


def cells(file: Path) -> Table:
    return list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline="")))


def save(file: Path, rows: Table, delimiter: str = ",", encoding: str = "utf-8-sig") -> Path:
    """Write rows as a spreadsheet does."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    file.write_bytes(text.getvalue().encode(encoding))
    return file


def fill(file: Path, *rows: dict[str, str]) -> Path:
    """Fill in the first rows."""
    table = cells(file)
    return save(file, [row | (rows[place] if place < len(rows) else {}) for place, row in enumerate(table)])


def fault(file: Path, opened: Opened) -> str:
    with pytest.raises(DataError) as caught:
        read_table(file, opened)
    return str(caught.value)


def test_it_opens_in_excel_with_its_devanagari(file: Path, opened: Opened) -> None:
    assert file.read_bytes().startswith(b"\xef\xbb\xbfreview,id,task,question,judgment,answer_a,answer_b,a_accuracy,")
    assert "उच्च न्यायालय" in cells(file)[0]["judgment"]
    assert [row["id"] for row in cells(file)] == [sheet.id for sheet in opened.sheets]


def test_no_cell_is_a_formula_and_none_tells_whose_answer_is_whose(file: Path) -> None:
    told = [cell for row in cells(file) for cell in row.values()]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in told)
    assert sum(cell.startswith("'=ours") for cell in told) == 8
    assert not any(word in file.read_text() for word in ("this model", "production", "val.jsonl"))


@given(st.text())
def test_any_cell_comes_back_as_it_went(cell: str) -> None:
    assert restored(defused(cell)) == cell
    assert not defused(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(st.sampled_from("'=+-@\t\r\n＝"), st.text("'=+-@\t\r\nab", max_size=6))
def test_so_does_a_hostile_one(first: str, rest: str) -> None:
    assert restored(defused(first + rest)) == first + rest


@pytest.mark.parametrize("note", ["=1+1", "'=x", 'a, b\n"c"', " दो ", "-", "line\r\nline", ""])
def test_what_was_said_comes_back_exactly(opened: Opened, tmp_path: Path, note: str) -> None:
    said = opinion(opened.sheets[1].id, a=False, note=note)
    write_table(tmp_path / "back.csv", opened, {said.id: said})
    assert [one.says_as(said) for one in read_table(tmp_path / "back.csv", opened)] == [True]


def test_a_judgment_that_no_cell_holds_goes_on_in_the_next(
    make_evaluated: Callable[..., RunDir], tmp_path: Path
) -> None:
    judgment = "न्याय " * 11_000
    opened = open_review(make_evaluated("long", judgment=judgment), None, None, NOW)
    write_table(tmp_path / "long.csv", opened, {})
    row = cells(tmp_path / "long.csv")[0]
    parts = [cell for name, cell in row.items() if name.startswith("judgment")]
    assert list(row)[4:8] == ["judgment", "judgment 2", "judgment 3", "answer_a"]
    assert "".join(parts) == judgment and max(map(len, parts)) < 32_767


def test_rows_that_say_nothing_stay_open(file: Path, opened: Opened) -> None:
    assert read_table(file, opened) == []
    said = read_table(fill(file, FULL, FULL | {"b_clarity": "no"}), opened)
    assert [(one.a.approved, one.b.approved) for one in said] == [(True, True), (True, False)]


@pytest.mark.parametrize(("yes", "no"), [("YES", "No"), ("TRUE", "FALSE"), ("1", "0"), (" y ", "n"), ("हाँ", "नहीं")])
def test_a_lawyer_may_say_yes_and_no_in_many_ways(file: Path, opened: Opened, yes: str, no: str) -> None:
    filled = dict.fromkeys(CHECK_COLUMNS, yes) | {"b_accuracy": no}
    said = read_table(fill(file, filled), opened)[0]
    assert (said.a.approved, said.b.accuracy, said.b.clarity) == (True, False, True)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_are_understood(file: Path, opened: Opened, delimiter: str) -> None:
    save(fill(file, FULL), cells(file), delimiter)
    assert len(read_table(file, opened)) == 1


@pytest.mark.parametrize(
    ("filled", "told"),
    [
        (FULL | {"a_clarity": "maybe"}, "column a_clarity: 'maybe' is neither yes nor no"),
        (FULL | {"b_accuracy": ""}, "column b_accuracy: '' is empty while other checks of the row are filled in"),
        ({"note": "good"}, "column a_accuracy: '' is empty, but there is a note"),
        ({"id": "q1"}, "column id: 'q1' is no question of this review; export it anew"),
        ({"review": "review of x"}, "column review: 'review of x' is not this one, 'review of demo'"),
    ],
)
def test_what_cannot_be_read_is_named_by_line_column_and_value(
    file: Path, opened: Opened, filled: dict[str, str], told: str
) -> None:
    assert f"answers.csv:2: {told}" in fault(fill(file, filled), opened)


def test_the_line_is_that_of_the_file_although_judgments_have_many(file: Path, opened: Opened) -> None:
    told = fault(fill(file, FULL, FULL | {"b_clarity": "?"}), opened)
    line = int(told.partition("answers.csv:")[2].partition(":")[0])
    assert opened.sheets[1].id in file.read_text("utf-8-sig").splitlines()[line - 1]


def test_a_question_that_stands_twice_is_refused(file: Path, opened: Opened) -> None:
    rows = cells(file)
    assert f"{rows[0]['id']!r} stands in line 2 already" in fault(save(file, [*rows, rows[0]]), opened)


def test_a_column_that_is_missing_is_named(file: Path, opened: Opened) -> None:
    rows = [{name: cell for name, cell in row.items() if name != "b_clarity"} for row in cells(file)]
    assert "answers.csv:1: column 'b_clarity' is missing" in fault(save(file, rows), opened)


def test_a_file_of_another_run_is_refused(file: Path, make_evaluated: Callable[..., RunDir]) -> None:
    other = open_review(make_evaluated("other"), None, None, NOW)
    assert "'review of demo' is not this one, 'review of other'" in fault(file, other)


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_another_encoding_is_told_how_to_save(file: Path, opened: Opened, encoding: str) -> None:
    rows = [{name: "é" if name == "judgment" else cell for name, cell in row.items()} for row in cells(file)]
    assert "is not UTF-8 (byte" in fault(save(file, rows, encoding=encoding), opened)


def test_a_file_that_is_there_is_not_written_over(file: Path, opened: Opened) -> None:
    with pytest.raises(DataError, match="is there already, and may be filled in"):
        write_table(file, opened, {})


def test_what_was_said_stands_in_a_new_file(opened: Opened, tmp_path: Path) -> None:
    said: Opinion = opinion(opened.sheets[0].id, b=False)
    write_table(tmp_path / "more.csv", opened, {said.id: said})
    assert (cells(tmp_path / "more.csv")[0]["a_clarity"], cells(tmp_path / "more.csv")[0]["b_clarity"]) == ("yes", "no")
