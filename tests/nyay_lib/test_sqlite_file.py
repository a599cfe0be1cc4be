"""A database's file gives back what was deleted in it, and is left alone where that is of no use or not possible."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from nyay_lib.sqlite_file import compact


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Four fifths of its rows are deleted, and it keeps a write-ahead log as Prefect's does."""
    path = tmp_path / "prefect.db"
    with closing(sqlite3.connect(path)) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE log (text TEXT)")
        made.executemany("INSERT INTO log VALUES (?)", [("x" * 1000,) for _ in range(1000)])
        made.execute("DELETE FROM log WHERE rowid > 200")
        made.commit()
    return path


def test_what_was_deleted_is_given_back_and_the_rest_stays(database: Path) -> None:
    before = database.stat().st_size
    assert compact(database, worth=1) == before - database.stat().st_size > before / 2
    assert compact(database, worth=1) == 0
    with closing(sqlite3.connect(database)) as kept:
        assert kept.execute("SELECT count(*) FROM log").fetchone() == (200,)


def test_it_is_left_alone_where_that_is_better(database: Path, tmp_path: Path) -> None:
    assert compact(database) == 0, "too little to be worth it"
    with closing(sqlite3.connect(database)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert compact(database, worth=1) == 0, "somebody writes"
    (tmp_path / "text.db").write_text("no database " * 100)
    assert compact(tmp_path / "text.db") == compact(tmp_path / "none.db") == 0
