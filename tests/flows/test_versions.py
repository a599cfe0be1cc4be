"""The commands on versions as a person calls them: what they print, and one clear line where they cannot."""

import io
import sys
from pathlib import Path

import pytest
import yaml

from flows.versions import show_page
from tests.flows.test_data import nyay
from tests.nyay_lib.data.test_dataset import ANSWER, CNRS, row, write


@pytest.fixture
def config(tmp_path: Path) -> Path:
    held = row(CNRS[1], output="The best answer is (B). " + ANSWER)
    write(tmp_path / "train.jsonl", [row(CNRS[0]), held])
    write(tmp_path / "val.jsonl", [row(CNRS[2])])
    names = {
        "train": "train.jsonl",
        "validation": "val.jsonl",
        "incoming": "in",
        "versions": "v",
        "decisions": "d.jsonl",
    }
    settings = {
        "model": {"name": "embedded:tiny-random"},
        "data": {name: str(tmp_path / path) for name, path in names.items()},
        "paths": {name: str(tmp_path / name) for name in ("runs", "cache", "models")},
    }
    (tmp_path / "nyay.yaml").write_text(yaml.safe_dump(settings))
    return tmp_path / "nyay.yaml"


def test_from_the_first_version_to_a_forgotten_case(config: Path) -> None:
    def said(*words: str) -> str:
        done = nyay("data", *words, "--config", config)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return done.stdout

    assert "2 new rows of 2 new cases" in said("update")
    assert "nothing new" in said("update")
    assert "put back in every later version" in said("release", "train.jsonl:2", "--reason", "fair")
    assert "1 new rows" in said("update")
    page = said("report")
    assert "| 4,096 |" in page and "## Leak certificate" in page and "embedded:tiny-random" in page
    assert "1 rows train" in said("trace", CNRS[1])
    assert "kept out of every later version" in said("forget", CNRS[1], "--reason", "order")
    assert "1 rows of the parent are gone" in said("update")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("report",), "holds no version yet"),
        (("release", "a.jsonl:1", "--reason", "why"), "holds no version yet"),
        (("forget", "nonsense", "--reason", "why"), "'nonsense' is no CNR"),
        (("forget", CNRS[0], "--reason", " "), "says nothing"),
        (("trace", "hcbm"), "'hcbm' is no CNR"),
    ],
)
def test_what_cannot_be_done_is_one_line(config: Path, words: tuple[str, ...], told: str) -> None:
    done = nyay("data", *words, "--config", config)
    assert done.returncode == 1 and told in done.stderr
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr


def test_a_page_is_set_out_in_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    page = "## Kept out\n\n| reason | train |\n|---|---|\n| duplicate | 2 |\n"
    shown: list[str] = []
    for is_terminal in (True, False):
        out = io.StringIO()
        monkeypatch.setattr(out, "isatty", lambda is_terminal=is_terminal: is_terminal)
        monkeypatch.setattr(sys, "stdout", out)
        show_page(page)
        shown.append(out.getvalue())
    assert shown[1] == page + "\n"
    assert "duplicate" in shown[0] and "|---|" not in shown[0] and "##" not in shown[0]
