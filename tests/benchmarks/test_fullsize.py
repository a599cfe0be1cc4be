"""The full-size benchmark says what it measured, in the keys that others read; here with a small model."""

import pytest

from tests.benchmarks.conftest import Figures


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_it_trains_is_stopped_and_goes_on(figures_of: Figures) -> None:
    figures = figures_of("fullsize.py", "--layers", "1", "--length", "320", "--vocab", "512")
    assert figures["resumed_after_step"] == 1
    assert len(figures["seconds"]) == 2
    assert 200 < figures["row_tokens"] <= 320
    assert not figures["full_size"]
    for key in ("peak_gib_3b", "seconds_per_step_3b", "predicted_gib", "peak_over_predicted"):
        assert figures[key] > 0
