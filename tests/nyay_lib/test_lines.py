"""Lines that survive a kill."""

from pathlib import Path

import pytest

from nyay_lib.lines import appending, read_lines


def test_lines_are_read_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "new" / "lines.jsonl"
    for start in (0, 2):
        with appending(path) as append:
            append({"n": n, "text": "a\u2028b\nधारा"} for n in range(start, start + 2))
    assert read_lines(path) == [{"n": n, "text": "a\u2028b\nधारा"} for n in range(4)]


@pytest.mark.parametrize("torn", [b"", b"{", b'{"n": 1', '{"n": "धा'.encode()[:-1]])
def test_a_torn_last_line_was_never_written(tmp_path: Path, torn: bytes) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b'{"n": 0}\n' + torn)
    assert read_lines(path) == [{"n": 0}]
    with appending(path) as append:
        append([{"n": 1}])
    assert path.read_bytes() == b'{"n": 0}\n{"n": 1}\n'


def test_no_file_has_no_lines(tmp_path: Path) -> None:
    assert read_lines(tmp_path / "none.jsonl") == []
