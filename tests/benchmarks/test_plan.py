"""The benchmark of the plan says what was planned and what came, in the keys that others read; here the tiny model."""

import pytest

from tests.benchmarks.conftest import Figures


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_three_settings_are_planned_and_trained(figures_of: Figures) -> None:
    figures = figures_of("plan.py", "--model", "tiny")
    assert [found["setting"] for found in figures["settings"]] == [
        "2 x 512",
        "4 x 384",
        "1 x 1024, gradient checkpointing",
    ]
    assert figures["memory_error"] < 0.15
    assert all(found["steps"] > 2 and found["seconds"] > 0 for found in figures["settings"])
