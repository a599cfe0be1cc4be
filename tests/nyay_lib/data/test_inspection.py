"""What `nyay data check` is given: files, folders, and lines that no reader should have to bear."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from nyay_lib.config import PipelineConfig
from nyay_lib.data.inspection import data_files, inspect
from nyay_lib.errors import DataError
from tests.nyay_lib.data.checks.rows import ANSWER, JUDGMENT

CNR = "HCBM030212662025"
DEEP = b'{"a":' * 10_000 + b"1" + b"}" * 10_000


def line(**more: Any) -> bytes:
    told = {"instruction": "Summarize.", "input": JUDGMENT, "output": ANSWER}
    return json.dumps(told | {"metadata": {"cnr": CNR, "task_type": "summarization"}} | more).encode()


def about(**metadata: Any) -> bytes:
    return line(metadata={"cnr": CNR, "task_type": "summarization"} | metadata)


HOSTILE = {
    b"\0\0\0\0": "bad_json",
    line().replace(b"appeal", b"app\0eal", 1): "bad_json",
    line(input=JUDGMENT.replace("appeal", "app\0eal", 1)): "mojibake",
    b"[" * 10_000 + b"]" * 10_000: "bad_json",
    line()[:-1] + b', "more": ' + DEEP + b"}": "bad_json",
    line(input="\ud800 alone"): "bad_json",
    line().replace(b"Summarize", b"\xed\xa0\x80"): "bad_utf8",
    b"\x80\x81\xfe\xff": "bad_utf8",
    b'{"instruction": "a", "instruction": "b"}': "bad_json",
    line().replace(b'"cnr"', b'"cnr": "X", "cnr"'): "bad_json",
    b"9" * 5000: "bad_json",
    b"1e999": "wrong_type",
    b"null": "wrong_type",
    line(output=5): "wrong_type",
    line(instruction=None): "missing_field",
    line(metadata=[1]): "wrong_type",
    about(cnr=302): "wrong_type",
    about(task_type=["summarization"]): "wrong_type",
    about(cnr="HCBM03021266\u0968\u0966\u0968\u096b"): "bad_cnr",  # Devanagari digits
    about(cnr="HCBM03021266\uff12\uff10\uff12\uff15"): "bad_cnr",  # fullwidth ones
    about(cnr="H\u0421BM030212662025"): "bad_cnr",  # a Cyrillic letter
    about(cnr=CNR + "\n"): "bad_cnr",
    about(task_type="poetry"): "unknown_task",
}


def config(folder: Path) -> PipelineConfig:
    return PipelineConfig.model_validate({"model": {"name": "embedded:tiny-random"}, "paths": {"cache": folder}})


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: repr(hostile[:24]))
def test_a_hostile_line_is_one_fault_and_the_next_is_read(tmp_path: Path, hostile: bytes) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(hostile + b"\n" + line() + b"\n")
    found = inspect([path], config(tmp_path))
    assert (found.tally.rows, found.tally.accepted) == (2, 1)
    [(reason, [fault])] = found.tally.examples.items()
    assert (reason, fault.id) == (HOSTILE[hostile], "train.jsonl:1")
    assert "\n" not in fault.detail and len(fault.detail) < 200


def test_what_is_neither_file_nor_folder_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "train.jsonl")
    for path in (tmp_path / "train.jsonl", Path("/dev/null")):
        with pytest.raises(DataError, match="neither a file nor a folder"):
            data_files([path])


def test_a_folder_gives_its_record_files_by_name_and_each_once(tmp_path: Path) -> None:
    for name in ("val.jsonl.gz", "train.jsonl", "notes.txt", ".x"):
        (tmp_path / name).write_bytes(b"")
    assert [path.name for path in data_files([tmp_path, tmp_path / "train.jsonl"])] == ["train.jsonl", "val.jsonl.gz"]


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b", b'{"a": 1}'])
def test_a_packed_file_that_is_none_is_told_in_one_line(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "train.jsonl.gz"
    path.write_bytes(data)
    if not data:
        assert inspect([path], config(tmp_path)).is_clean
        return
    with pytest.raises(DataError, match=r"train.jsonl.gz: cannot be read: [^\n]+$"):
        inspect([path], config(tmp_path))


def test_tokens_are_counted_and_held_against_longer_limits(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(line(input=f"{JUDGMENT} {' '.join(map(str, range(2000)))}") + b"\n" + line(output="Yes.") + b"\n")
    found = inspect([path], config(tmp_path))
    [tokens] = found.tally.lengths
    assert found.summary["tokens"] == tokens > 4096
    assert [(room.limit, room.kept, room.shortened) for room in found.rooms] == [
        (limit, limit, 1) for limit in (2048, 3072, 4096)
    ]
