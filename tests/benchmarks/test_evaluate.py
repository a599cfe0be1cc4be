"""The benchmark of generation says what it measured, in the keys that others read."""

import math

import pytest

from tests.benchmarks.conftest import Figures

TINY = ["--tiny", "--repeats", "1", "--rows", "3", "--max-tokens", "8", "--length", "400"]


@pytest.mark.slow
def test_the_last_line_holds_the_figures(figures_of: Figures) -> None:
    figures = figures_of("evaluate.py", *TINY)
    for key in ("ratio_sequential", "ratio_mlx_lm"):
        assert math.isfinite(figures[key]) and figures[key] > 0
    assert figures["rows"] == 3 and figures["prompt_tokens"] <= 3 * 400
    assert set(figures["tokens_per_second"]) == set(figures["spread"])
