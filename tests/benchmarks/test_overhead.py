"""The benchmark of the orchestration says what it measured, in the keys that others read."""

from pathlib import Path

import pytest
import yaml

from tests.benchmarks.conftest import Figures

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_flow_and_bare_steps_are_measured_side_by_side(tmp_path: Path, figures_of: Figures) -> None:
    tiny = yaml.safe_load((ROOT / "config" / "tiny.yaml").read_text(encoding="utf-8"))
    tiny["training"]["epochs"], tiny["evaluation"] = 1, {"samples": 4, "max_tokens": 4}
    (tmp_path / "least.yaml").write_text(yaml.safe_dump(tiny))
    figures = figures_of("overhead.py", "--config", str(tmp_path / "least.yaml"))
    assert figures["overhead_seconds"] == pytest.approx(figures["flow"]["wall"] - figures["flow"]["children"])
    assert all(figures[way]["wall"] > figures[way]["children"] > 0 for way in ("flow", "flow_longer", "bare"))
    assert figures["flow_longer"]["children"] > figures["flow"]["children"]
