"""`nyay models` as a person calls it: output, exit codes, and no traceback."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from flows.cli import app
from nyay_lib.registry.journal import Entry, append

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def nyay(tmp_path: Path) -> Call:
    """`nyay models` with a configuration whose folders are below a temporary one, and no Ollama in it."""
    paths = {name: str(tmp_path / name) for name in ("runs", "cache", "models")}
    config = {"registry": {"register": "never"}, "paths": paths}
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump(config))

    def call(*arguments: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(app, ["models", *arguments, "--config", str(file)])
        return done.exit_code, done.stdout, done.stderr

    return call


@pytest.fixture
def released(tmp_path: Path) -> None:
    time = datetime(2025, 11, 1, tzinfo=UTC)
    entry = Entry(event="promoted", run_id="a", tag=None, sha256="f" * 64, passed=True, label="a-f16", time=time)
    append(tmp_path / "models" / "journal.jsonl", entry)


def test_without_a_release_the_list_says_so(nyay: Call) -> None:
    assert nyay() == (0, "nothing has been released yet\n", "")
    assert nyay("live")[0] == 1 and "nothing was in production" in nyay("live")[1]
    assert nyay("verify") == (0, "nothing is in production yet\n", "")


@pytest.mark.usefixtures("released")
def test_the_list_and_what_was_live_as_text_and_as_json(nyay: Call) -> None:
    assert "a    in production" in nyay()[1]
    assert json.loads(nyay("--json")[1])[0]["verdict"] == "passed"
    assert nyay("live", "--at", "2025-11-02")[:2] == (0, nyay("live")[1])
    assert json.loads(nyay("live", "--at", "2025-11-02", "--json")[1])[0]["run_id"] == "a"
    assert nyay("live", "--at", "2025-10-01")[0] == 1


@pytest.mark.usefixtures("released")
def test_verify_exits_with_1_and_names_what_differs(nyay: Call) -> None:
    code, out, _ = nyay("verify")
    assert code == 1 and "DIFFERS:" in out and "is missing, with which a was released" in out


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("rollback", "--reason", "why"), "nothing was in production before a"),
        (("rollback",), "a rollback needs a reason"),
        (("live", "--at", "soon"), "is no date or time"),
        (("promote", "nowhere"), "there is no such run"),
    ],
)
def test_what_cannot_be_done_is_one_line(nyay: Call, arguments: tuple[str, ...], words: str) -> None:
    code, out, error = nyay(*arguments)
    assert (code, out, len(error.splitlines())) == (1, "", 1) and words in error
