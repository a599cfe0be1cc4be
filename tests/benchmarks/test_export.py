"""The benchmark of the export says what it measured, in the keys that others read; here with small models."""

import pytest

from tests.benchmarks.conftest import Figures

TINY = ["--tiny", "--layers", "1", "--vocab", "512", "--repeats", "1"]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_last_line_holds_the_figures(figures_of: Figures) -> None:
    figures = figures_of("export.py", *TINY)
    for key in ("writer_peak_mib", "quantize_peak_mib", "q4_k_m_bytes", "writer_over_copy", "quantize_over_copy"):
        assert figures[key] > 0
    assert figures["predicted_bytes"] == pytest.approx(figures["q4_k_m_bytes"], abs=20_000)
    assert figures["fallback_tensors"] == 0 and not figures["full_size"]
    # Without torch there is nothing to compare with, and the reason is told.
    assert figures["ratio_converter"] is not None or isinstance(figures["converter"], str)
