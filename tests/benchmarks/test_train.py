"""The training benchmark says what it measured, in the keys that others read."""

import math

import pytest

from tests.benchmarks.conftest import Figures

TINY = ["--tiny", "--repeats", "1", "--steps", "2", "--shortest", "400"]


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_last_line_holds_the_figures(figures_of: Figures) -> None:
    figures = figures_of("train.py", *TINY)
    for key in ("ratio_mlx_lm_8bit", "ratio_mlx_lm_f32", "peak_ratio_mlx_lm_f32", "gemm_share"):
        assert math.isfinite(figures[key])
        assert figures[key] > 0
    assert "ratio_torch_f32" in figures
    assert figures["work"]["row_tokens"] <= 8 * 511
    assert all(math.isfinite(loss) for loss in figures["held_out_loss"].values())
