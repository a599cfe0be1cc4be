"""Files exist whole or not at all, at whichever moment their writer is killed."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nyay_lib.files import clear_leftovers, replacing, replacing_folder
from tests.nyay_lib.killed_writer import write_folder

WRITER = Path(__file__).with_name("killed_writer.py")


def killed_everywhere(work: str, before: str, folder: Path) -> list[Path]:
    """The folders that a writer left, each killed one call later than the one before; in the last it was not."""
    subprocess.run([sys.executable, WRITER, work, before, folder], check=True)
    return sorted(folder.iterdir())


def content(path: Path) -> str:
    """What a writer of a text left: that text, or nothing; anything else is a part."""
    if not path.exists():
        return ""
    files = [p for p in path.rglob("*") if p.is_file()] if path.is_dir() else [path]
    assert len(files) == (2 if path.is_dir() else 1), "a part of a folder"
    texts = {p.read_text() for p in files}
    assert len(texts) == 1, "parts of two folders"
    return texts.pop()


@pytest.mark.parametrize("work", ["write_text", "write_folder"])
@pytest.mark.parametrize("before", ["", "old"])
def test_a_kill_at_any_moment_leaves_the_old_or_the_new_and_nothing_else(
    tmp_path: Path, work: str, before: str
) -> None:
    folders = killed_everywhere(work, before, tmp_path)
    assert len(folders) > 5
    for folder in folders:
        clear_leftovers(folder)
        assert [path.name for path in folder.iterdir()] in (["it"], [])
    texts = [content(folder / "it") for folder in folders]
    assert texts == [before] * texts.count(before) + ["new"] * texts.count("new"), "once new, it stays new"
    assert texts[0] == before and texts[-1] == "new"


def test_a_folder_is_removed_whole_or_not_at_all(tmp_path: Path) -> None:
    folders = killed_everywhere("remove", "old", tmp_path)
    assert len(folders) > 3
    texts = [content(folder / "it") for folder in folders]
    assert texts == ["old"] * texts.count("old") + [""] * texts.count("")
    for folder in folders:
        clear_leftovers(folder)
        assert [path.name for path in folder.iterdir()] in (["it"], [])


@pytest.mark.parametrize("make", [replacing, replacing_folder])
def test_what_a_living_writer_works_on_is_left_alone(tmp_path: Path, make: Callable[[Path], Any]) -> None:
    with make(tmp_path / "it") as temporary:
        assert clear_leftovers(tmp_path) == []
        assert temporary.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["it"]


def test_an_error_of_the_writer_leaves_what_was_there(tmp_path: Path) -> None:
    write_folder(tmp_path / "it", "old")
    with pytest.raises(OSError, match="full"), replacing_folder(tmp_path / "it") as folder:
        (folder / "a.txt").write_text("new")
        raise OSError("full")
    assert content(tmp_path / "it") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["it"]


def test_what_is_cleared_is_told_and_other_hidden_names_stay(tmp_path: Path) -> None:
    (tmp_path / ".it.abcdefgh.partial").mkdir()
    (tmp_path / ".of-somebody-else").mkdir()
    assert [path.name for path in clear_leftovers(tmp_path)] == [".it.abcdefgh.partial"]
    assert [path.name for path in tmp_path.iterdir()] == [".of-somebody-else"]


def test_a_folder_that_cannot_take_its_name_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(tmp_path / "it", "old")
    rename = Path.rename

    def refused(self: Path, target: Path) -> Path:
        if self.name.endswith(".partial"):
            raise OSError("full")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(OSError, match="full"):
        write_folder(tmp_path / "it", "new")
    assert content(tmp_path / "it") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["it"]
