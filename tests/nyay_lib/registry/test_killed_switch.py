"""kill -9 between every two steps of a release and of a rollback: production is the old or the new, never neither."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.nyay_lib.registry.ollama_server import OllamaServer

ROOT = Path(__file__).parents[3]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize(("what", "new"), [("release", "second"), ("rollback", "first")])
def test_after_a_kill_at_any_step_production_is_old_or_new(
    server: OllamaServer, tmp_path: Path, tiny_files: list[Path], what: str, new: str
) -> None:
    moments = killed(what, tmp_path, server, tiny_files)
    print(f"{what}: killed at {len(moments)} moments, {sum(bool(m['mended']) for m in moments)} were mended")
    for moment in moments:
        assert all(run in ("first", "second") for run in everywhere(moment["then"])), moment
        assert set(everywhere(moment["after"])) == {moment["run"]} and moment["faults"] == [], moment
        assert set(everywhere(moment["at last"])) == {new}, moment
    assert [set(everywhere(m["then"])) for m in moments].count({"first", "second"}) > 2
    assert {m["run"] for m in moments} == {"first", "second"} and any(m["mended"] for m in moments)


def killed(what: str, folder: Path, server: OllamaServer, files: list[Path]) -> list[dict[str, Any]]:
    """What served at each moment."""
    command = [sys.executable, "-m", "tests.nyay_lib.registry.killed_switch", what, folder, server.address, *files]
    done = subprocess.run(
        [*map(str, command)], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def everywhere(serving: dict[str, Any]) -> list[str | None]:
    return [*serving["ollama"], serving["files"], serving["Modelfile"]]
