"""The benchmark of the plan says what was planned and what came, in the keys that others read; here the tiny model."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_three_settings_are_planned_and_trained() -> None:
    command = [sys.executable, "benchmarks/plan.py", "--model", "tiny"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    assert [found["setting"] for found in figures["settings"]] == [
        "2 x 512",
        "4 x 384",
        "1 x 1024, gradient checkpointing",
    ]
    assert figures["memory_error"] < 0.15
    assert all(found["steps"] > 2 and found["seconds"] > 0 for found in figures["settings"])
