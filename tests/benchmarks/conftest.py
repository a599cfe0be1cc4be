"""A benchmark run as people run it, in small."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
Figures = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def figures_of() -> Figures:
    """The figures of a benchmark, from the last line it prints."""

    def run(script: str, *arguments: str) -> dict[str, Any]:
        command = [sys.executable, f"benchmarks/{script}", *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run
