"""`nyay review` as a person calls it, up to the first thing that is missing."""

from pathlib import Path

import yaml

from tests.flows.test_data import nyay


def test_what_is_missing_is_one_clear_line(tmp_path: Path) -> None:
    config = tmp_path / "nyay.yaml"
    config.write_text(yaml.safe_dump({"paths": {"runs": str(tmp_path / "runs")}}))
    refused = nyay("review", "export", "demo", tmp_path / "answers.csv", "--config", config)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("nyay: ") and refused.stderr.count("\n") == 1
    assert "run 'demo' has no answers to judge; run it to its end first" in refused.stderr
    refused = nyay("review", "import", "demo", tmp_path / "answers.csv", "--config", config)
    assert refused.stderr.startswith("nyay: no review of run 'demo' was opened; start with `nyay review export demo ")
