"""Reading records: each line becomes a record or its first fault, and nothing stops the lines after it."""

import gzip
import json
import tracemalloc
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nyay_lib.data import records as module
from nyay_lib.data.records import TASK_TYPES, Fault, Record, read_records
from nyay_lib.errors import DataError

CNR = "HCBM030212662025"
Row = dict[str, Any]


def row(**changes: Any) -> Row:
    metadata = {"cnr": CNR, "task_type": "summarization", "court": "High Court of Bombay"}
    return {
        "instruction": "Summarize.",
        "input": "The judgment.",
        "output": "The answer.",
        "metadata": metadata,
    } | changes


def metadata(**changes: Any) -> Row:
    return row(metadata={key: value for key, value in (row()["metadata"] | changes).items() if value is not ...})


def without(name: str) -> Row:
    return {key: value for key, value in row().items() if key != name}


def encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


GOOD = encode(row())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("records")


def read(folder: Path, data: bytes, name: str = "train.jsonl") -> list[Record | Fault]:
    (folder / name).write_bytes(data)
    return list(read_records(folder / name))


def fault(folder: Path, line: bytes) -> Fault:
    """The fault of a first line; the good line after it must have been read."""
    found, after = read(folder, line + b"\n" + GOOD)
    assert isinstance(after, Record) and after.id == "train.jsonl:2"
    assert isinstance(found, Fault) and found.id == "train.jsonl:1"
    return found


def test_a_record_holds_what_the_line_says(folder: Path) -> None:
    [record] = read(folder, GOOD + b"\n")
    assert record == Record(
        id="train.jsonl:1",
        instruction="Summarize.",
        input="The judgment.",
        output="The answer.",
        cnr=CNR,
        task_type="summarization",
        metadata=row()["metadata"],
    )


@pytest.mark.parametrize("line", [encode(without("input")), encode(row(input=None)), encode(row(input=" "))])
def test_a_record_may_have_no_input(folder: Path, line: bytes) -> None:
    [record] = read(folder, line)
    assert isinstance(record, Record)
    assert record.input == ""


@pytest.mark.parametrize("task", TASK_TYPES)
def test_every_task_type_is_known(folder: Path, task: str) -> None:
    [record] = read(folder, encode(metadata(task_type=task)))
    assert isinstance(record, Record)


def test_fields_lose_blanks_at_their_ends_only(folder: Path) -> None:
    [record] = read(folder, encode(row(output="\n  first\n\n second \t")))
    assert isinstance(record, Record)
    assert record.output == "first\n\n second"


@pytest.mark.parametrize(
    ("reason", "line", "detail"),
    [
        ("bad_utf8", b'{"instruction": "caf\xe9"}', "byte 20 is not UTF-8 (0xe9)"),
        ("bad_utf8", b"\xff\xfe{\x00}\x00", "byte 0 is not UTF-8 (0xff)"),
        ("bad_json", GOOD[:-1], "delimiter"),
        ("bad_json", GOOD + GOOD, "Extra data"),
        ("bad_json", b"None", "Expecting value"),
        ("bad_json", b'{"output": 1, "output": 2}', "the key 'output' stands twice"),
        ("bad_json", b'{"metadata": {"cnr": 1, "cnr": 2}}', "the key 'cnr' stands twice"),
        ("bad_json", b"[" * 100_000, "recursion"),
        ("bad_json", b'{"output": ' + b"1" * 5000 + b"}", "digits"),
        ("bad_json", encode(row()).replace(b"answer", b"\\ud83d"), "surrogates not allowed"),
        ("missing_field", encode(without("instruction")), "instruction is missing"),
        ("missing_field", encode(without("output")), "output is missing"),
        ("missing_field", encode(without("metadata")), "metadata.cnr is missing"),
        ("missing_field", encode(row(metadata=None)), "metadata.cnr is missing"),
        ("missing_field", encode(row(output=None)), "output is missing"),
        ("missing_field", encode(metadata(cnr=...)), "metadata.cnr is missing"),
        ("missing_field", encode(metadata(task_type=...)), "metadata.task_type is missing"),
        ("missing_field", encode({"metadata": [1], "output": "x"}), "instruction is missing"),
        ("wrong_type", b"[]", "the line is a list, not an object"),
        ("wrong_type", encode(row(output=["a"])), "output is ['a'], not a text"),
        ("wrong_type", encode(row(input=0)), "input is 0, not a text"),
        ("wrong_type", encode(row(metadata="{}")), "metadata is '{}', not an object"),
        ("wrong_type", encode(metadata(cnr=30212662025)), "metadata.cnr is 30212662025, not a text"),
        ("empty_field", encode(row(output=" \n\t ")), "output is empty"),
        ("empty_field", encode(row(instruction="")), "instruction is empty"),
        ("empty_field", encode(metadata(cnr="")), "metadata.cnr is empty"),
        ("unknown_task", encode(metadata(task_type="sentiment")), "metadata.task_type is 'sentiment'"),
        ("bad_cnr", encode(metadata(cnr="HCBM03021266202")), "metadata.cnr is 'HCBM03021266202'"),
    ],
)
def test_a_fault_has_its_reason_and_its_words(folder: Path, reason: str, line: bytes, detail: str) -> None:
    found = fault(folder, line)
    assert (found.reason, detail in found.detail) == (reason, True), found


@pytest.mark.parametrize(
    "cnr",
    [
        "HCBM030000002025",  # a serial of zeros
        "HCBM030212661949",
        f"HCBM03021266{date.today().year + 1}",
        "HCBMA30212662025",
        "HC1M030212662025",
        "HCBM0302126620251",
        "HCBM0302I2662025",
    ],
)
def test_a_case_number_that_cannot_be_is_refused(folder: Path, cnr: str) -> None:
    assert fault(folder, encode(metadata(cnr=cnr))).reason == "bad_cnr"


@pytest.mark.parametrize("cnr", ["HCBM0A0212662025", "DLHC010000011950", f"UPAH01999999{date.today().year}"])
def test_a_case_number_that_can_be_is_taken(folder: Path, cnr: str) -> None:
    assert isinstance(read(folder, encode(metadata(cnr=cnr)))[0], Record)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("mark.jsonl", lambda lines: b"\xef\xbb\xbf" + b"\n".join(lines)),
        ("windows.jsonl", lambda lines: b"\r\n".join(lines) + b"\r\n"),
        ("blank_lines.jsonl", lambda lines: b"\n \n".join(lines) + b"\n\n"),
        ("no_end.jsonl", lambda lines: b"\n".join(lines)),
        ("packed.jsonl.gz", lambda lines: gzip.compress(b"\n".join(lines))),
        ("packed_twice.jsonl.gz", lambda lines: b"".join(gzip.compress(line + b"\n") for line in lines)),
    ],
)
def test_ways_to_write_a_file_make_no_difference(
    folder: Path, name: str, write: Callable[[list[bytes]], bytes]
) -> None:
    found = read(folder, write([GOOD, GOOD, GOOD]), name)
    assert [type(item) for item in found] == [Record] * 3


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_file_has_no_records(folder: Path, data: bytes) -> None:
    assert read(folder, data) == []


def test_lines_are_counted_with_blank_ones(folder: Path) -> None:
    assert [item.id for item in read(folder, b"\n" + GOOD + b"\n\nx\n")] == ["train.jsonl:2", "train.jsonl:4"]


def test_a_line_too_long_is_passed_over_in_pieces(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_LINE_BYTES", 300)
    assert fault(folder, b"x" * 5000).reason == "line_too_long"
    assert isinstance(read(folder, GOOD.ljust(299) + b"\n")[0], Record)
    assert fault(folder, GOOD.ljust(301)).reason == "line_too_long"


def test_many_keys_with_one_twice_take_no_time(folder: Path) -> None:
    keys = ",".join(f'"k{n}":1' for n in range(200_000))
    assert "stands twice" in fault(folder, f'{{{keys},"k199999":2}}'.encode()).detail


def test_memory_holds_one_line(folder: Path) -> None:
    path = folder / "long.jsonl"
    path.write_bytes((encode(row(input="word " * 20_000)) + b"\n") * 100)  # 10 MB
    tracemalloc.start()
    assert sum(1 for _ in read_records(path)) == 100
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("cut.jsonl.gz", gzip.compress(GOOD * 20, mtime=0)[:-9]),
        ("no_gzip.jsonl.gz", GOOD),
        ("damaged.jsonl.gz", gzip.compress(GOOD * 20, mtime=0)[:20] + b"\xff" * 60),
    ],
)
def test_a_file_that_cannot_be_read_is_named(folder: Path, name: str, data: bytes) -> None:
    with pytest.raises(DataError, match=f"{name}: cannot be read: "):
        read(folder, data, name)


def test_a_missing_file_and_a_folder_are_named(folder: Path) -> None:
    for path, why in ((folder / "missing.jsonl", "there is no such file"), (folder, "cannot be read")):
        with pytest.raises(DataError, match=f"{path}: {why}"):
            list(read_records(path))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["instruction", "input", "output", "metadata", "cnr", "task_type"])
NEARLY_ROWS = st.dictionaries(NAMES, JSON | st.just(row()["metadata"]), max_size=5).map(lambda v: row() | v)


@settings(deadline=None)
@given(line=st.binary(max_size=200).filter(lambda data: b"\n" not in data))
def test_any_bytes_leave_the_following_line_alone(folder: Path, line: bytes) -> None:
    found = read(folder, line + b"\n" + GOOD)
    assert isinstance(found[-1], Record)
    assert found[-1].id == "train.jsonl:2"


@settings(deadline=None)
@given(value=JSON | NEARLY_ROWS, ascii=st.booleans())
def test_any_json_is_a_record_or_a_fault_and_can_be_written(folder: Path, value: Any, ascii: bool) -> None:
    found = read(folder, json.dumps(value, ensure_ascii=ascii).encode(errors="surrogatepass") + b"\n" + GOOD)
    assert len(found) == 2 and isinstance(found[1], Record)
    for item in found:
        texts = (item.detail,) if isinstance(item, Fault) else (item.instruction, item.input, item.output)
        assert all(isinstance(text.encode(), bytes) for text in texts)


@settings(deadline=None)
@given(data=st.binary(max_size=400))
def test_any_packed_bytes_raise_nothing_but_the_documented_error(folder: Path, data: bytes) -> None:
    whole = gzip.compress(GOOD)
    for damaged in (data, whole[: len(data)], whole[:10] + data):
        try:
            read(folder, damaged, "any.jsonl.gz")
        except DataError as error:
            assert "any.jsonl.gz: cannot be read" in str(error)
