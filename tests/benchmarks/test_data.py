"""The data benchmark says what it measured, in the keys that others read."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_last_line_holds_the_figures() -> None:
    command = [sys.executable, "benchmarks/data.py", "--rows", "60", "--mean-words", "80", "--repeats", "1"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["records"] == [60, 600]
    assert figures["found"]["rows"] == 60
    for key in ("seconds_8000", "peak_mib_8000", "time_growth", "memory_growth", "records_per_second"):
        assert figures[key] > 0
