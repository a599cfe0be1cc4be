"""`nyay data check` as a person calls it: a child process, its output and its exit code."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.nyay_lib.data.checks.rows import ANSWER, JUDGMENT

ROOT = Path(__file__).parents[2]


def nyay(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flows.cli", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment)


def line(output: str = ANSWER, **more: Any) -> str:
    metadata = {"cnr": "HCBM030212662025", "task_type": "summarization"}
    return json.dumps({"instruction": "Summarize.", "input": JUDGMENT, "output": output, "metadata": metadata} | more)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text('model: {name: "embedded:tiny-random"}\n')
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train.jsonl").write_text(
        "\n".join((line(), "{", line("Yes."), line("The best answer is (B). " + ANSWER)))
    )
    with gzip.open(tmp_path / "data" / "val.jsonl.gz", "wt") as file:
        file.write(line(ANSWER + " It so ordered.") + "\n")
    (tmp_path / "data" / "notes.txt").write_text("not records")
    return tmp_path / "data"


def test_json_counts_every_row_once_and_names_the_tokenizer(folder: Path, config: Path) -> None:
    done = nyay("data", "check", folder, "--json", "--config", config)
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found.pop("tokens") > 0
    assert found == {
        "rows": 5,
        "accepted": 2,
        "rejected": {"bad_json": 1, "short_output": 1},
        "quarantined": {"exam_style": 1},
        "leaks": [["train.jsonl:1", "val.jsonl.gz:1"], ["train.jsonl:4", "val.jsonl.gz:1"]],
        "masked": {},
        "tokenizer": "embedded:tiny-random",
    }
    assert done.stderr == ""


def test_the_table_names_two_examples_a_reason(folder: Path, config: Path) -> None:
    done = nyay("data", "check", folder / "train.jsonl", "--config", config)
    assert done.returncode == 1
    for words in ("bad_json", "train.jsonl:2", "short_output", "train.jsonl:3", "quarantined", "4 rows: 1 accepted"):
        assert words in " ".join(done.stdout.split()), words


def test_a_clean_file_exits_with_zero(folder: Path, config: Path) -> None:
    done = nyay("data", "check", folder / "val.jsonl.gz", "--config", config)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 rows: 1 accepted" in done.stdout


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing.jsonl", "there is no such file or folder"),
        ("empty", "holds no .jsonl"),
        ("torn.jsonl.gz", "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_exit_code_two(tmp_path: Path, config: Path, name: str, words: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "torn.jsonl.gz").write_bytes(gzip.compress(line().encode())[:40])
    done = nyay("data", "check", tmp_path / name, "--json", "--config", config)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr and done.stderr.count("\n") == 1 and "Traceback" not in done.stderr


def test_a_wrong_configuration_exits_with_two(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("data: {mask: true}\n")
    done = nyay("data", "check", folder, "--config", tmp_path / "wrong.yaml")
    assert done.returncode == 2 and "mask_identifiers" in done.stderr


def test_help_loads_nothing_heavy() -> None:
    loaded = (
        "import sys, flows.cli; print([m for m in ('pydantic', 'rich', 'tokenizers', 'nyay_lib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
