"""The journal: appended to, read back, and true after a power failure."""

import threading
from pathlib import Path

import pytest

from nyay_lib.errors import RegistryError
from nyay_lib.registry.journal import Entry, Event, append, champion, read


def entry(run_id: str, event: Event = "promoted") -> Entry:
    return Entry(event=event, run_id=run_id, tag=f"nyay-ai:{run_id}", sha256="0" * 64, passed=True)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "models" / "journal.jsonl"


def test_there_is_no_champion_before_the_first_promotion(journal: Path) -> None:
    assert read(journal) == [] and champion(journal) is None
    append(journal, entry("a", "registered"))
    append(journal, entry("a", "refused"))
    assert champion(journal) is None


def test_the_champion_is_the_last_that_was_promoted(journal: Path) -> None:
    for added in (entry("a"), entry("b"), entry("c", "refused")):
        append(journal, added)
    assert champion(journal) == read(journal)[1] and read(journal)[1].run_id == "b"


def test_times_are_utc_and_entries_survive_the_journey(journal: Path) -> None:
    added = entry("a").model_copy(update={"reasons": ["दण्ड\nline"]})
    append(journal, added)
    assert read(journal) == [added]
    assert added.time.utcoffset() is not None and journal.read_bytes().count(b"\n") == 1


def test_a_last_line_that_was_cut_is_left_out_and_written_over(journal: Path) -> None:
    append(journal, entry("a"))
    with journal.open("ab") as file:
        file.write(b'{"event": "promo')
    assert [e.run_id for e in read(journal)] == ["a"]
    append(journal, entry("b"))
    assert [e.run_id for e in read(journal)] == ["a", "b"]


def test_a_damaged_line_is_named(journal: Path) -> None:
    append(journal, entry("a"))
    journal.write_bytes(b"rubbish\n" + journal.read_bytes())
    with pytest.raises(RegistryError, match=r"journal\.jsonl:1"):
        champion(journal)


def test_entries_written_at_once_are_all_kept(journal: Path) -> None:
    threads = [threading.Thread(target=append, args=(journal, entry(f"r{n}"))) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(e.run_id for e in read(journal)) == sorted(f"r{n}" for n in range(12))


def test_a_journal_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file")
    with pytest.raises(RegistryError, match="cannot be written"):
        append(tmp_path / "models" / "journal.jsonl", entry("a"))
