"""`nyay plan` as a person calls it: a child process, its output and its exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "data" / "sample"


def nyay(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flows.cli", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)


def write(folder: Path, more: str = "") -> Path:
    path = folder / "tiny.yaml"
    path.write_text(
        'model: {name: "embedded:tiny-random"}\n'
        "training: {epochs: 2, max_seq_length: 768}\n"
        f"data: {{train: {SAMPLES / 'train.jsonl'}, validation: {SAMPLES / 'val.jsonl'}}}\n"
        f"registry: {{register: never, num_ctx: 1024}}\n{more}"
    )
    return path


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_plan_is_printed_and_says_whether_it_fits(tmp_path: Path) -> None:
    shown = nyay(tmp_path, "plan", "--config", write(tmp_path))
    assert shown.returncode == 0, shown.stderr
    assert "measured on this machine" in shown.stdout and "43 million tokens: 46 hours" in shown.stdout
    short = nyay(tmp_path, "plan", "--json", "--config", write(tmp_path, "time: {max_hours: 0.0001}\n"))
    plan = json.loads(short.stdout)
    assert short.returncode == 1 and plan["epochs"] == 1 and plan["rows"] == 16 and plan["calibrated"]
    assert plan["coverage"] < 1 and plan["warnings"][0].startswith("less than one epoch")
    assert not (tmp_path / "runs").exists()


def test_what_cannot_be_planned_is_one_line(tmp_path: Path) -> None:
    path = write(tmp_path)
    path.write_text(path.read_text().replace("tiny-random", "nothing"))
    done = nyay(tmp_path, "plan", "--config", path)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and "embedded:nothing" in done.stderr
