"""The benchmark of generation says what it measured, in the keys that others read."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TINY = ["--tiny", "--repeats", "1", "--rows", "3", "--max-tokens", "8", "--length", "400"]


@pytest.mark.slow
def test_the_last_line_holds_the_figures() -> None:
    command = [sys.executable, "benchmarks/evaluate.py", *TINY]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    for key in ("ratio_sequential", "ratio_mlx_lm"):
        assert math.isfinite(figures[key]) and figures[key] > 0
    assert figures["rows"] == 3 and figures["prompt_tokens"] <= 3 * 400
    assert set(figures["tokens_per_second"]) == set(figures["spread"])
