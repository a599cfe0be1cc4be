"""The data benchmark says what it measured, in the keys that others read."""

import pytest

from tests.benchmarks.conftest import Figures


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_last_line_holds_the_figures(figures_of: Figures) -> None:
    figures = figures_of("data.py", "--rows", "60", "--mean-words", "80", "--repeats", "1")
    assert figures["records"] == [60, 600]
    assert figures["found"]["rows"] == 60
    for key in ("seconds_8000", "peak_mib_8000", "time_growth", "memory_growth", "records_per_second"):
        assert figures[key] > 0
