"""What is new: counted in cases that no run has trained on, and a run keeps to the version that it was told."""

import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from nyay_lib.config import PipelineConfig
from nyay_lib.data import arrivals
from nyay_lib.data.dataset import keep_to, require_version, version_of
from nyay_lib.data.novelty import look_for_arrivals, trained_before, trained_cases
from nyay_lib.data.version import Version
from nyay_lib.data.versions import build_version
from nyay_lib.errors import ConfigError, DataError
from nyay_lib.files import write_json, write_text
from nyay_lib.reports.court_data import court_data_page
from nyay_lib.runs import RunDir
from tests.nyay_lib.data.test_dataset import ANSWER, CNRS, row, write
from tests.nyay_lib.data.test_versions import MORE, configured, drop, new


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PipelineConfig:
    monkeypatch.setattr(arrivals, "QUIET_SECONDS", 0.05)
    write(tmp_path / "train.jsonl", [row(CNRS[0]), row(CNRS[1])])
    write(tmp_path / "val.jsonl", [row(CNRS[2])])
    config = configured(tmp_path)
    return config.model_copy(update={"retraining": config.retraining.model_copy(update={"new_cases": 2})})


def trained(config: PipelineConfig, run_id: str, version: Version | None, folder: str = "nowhere") -> RunDir:
    """A run as it lies there after training."""
    run = RunDir.at(config.paths.runs, run_id)
    write_json(run.config, config.model_dump(mode="json"))
    write_json(run.result("convert"), {"version": version.digest if version else None, "folder": folder})
    write_json(run.result("train"), {})
    return run


def test_where_nothing_ever_arrived_there_is_no_version(config: PipelineConfig) -> None:
    found = look_for_arrivals(config)
    assert (found.version, found.is_enough, found.run_id) == (None, False, "")
    assert not config.data.versions.exists()


def test_cases_are_new_until_a_run_has_trained_on_them(config: PipelineConfig) -> None:
    first = build_version(config)
    trained(config, "first", first)
    drop(config, "a.jsonl", [new(0), new(0, output=ANSWER + " It was so ordered."), row(CNRS[0])])
    assert (look_for_arrivals(config).new_cases, look_for_arrivals(config).is_enough) == (1, False)
    drop(config, "b.jsonl", [new(1)])
    found = look_for_arrivals(config)
    assert found.version and (found.new_cases, found.is_enough) == (2, True)
    assert found.run_id == f"data-{found.version.name}"
    trained(config, found.run_id, found.version)
    assert (look_for_arrivals(config).new_cases, trained_before(config)) == (0, found.run_id)


def test_a_run_without_versions_has_trained_on_the_cases_of_its_data_set(config: PipelineConfig) -> None:
    notes = config.paths.cache / "dataset-1"
    write_text(notes / "train_rows.jsonl", f'{{"cnr": "{CNRS[0]}"}}\n')
    trained(config, "first", None, str(notes))
    assert trained_cases(config) == {CNRS[0]}
    assert trained_before(config) is None


def test_a_run_on_another_data_set_or_that_did_not_train_does_not_count(config: PipelineConfig) -> None:
    version = build_version(config)
    elsewhere = config.data.model_copy(update={"versions": config.data.versions / "other"})
    trained(config.model_copy(update={"data": elsewhere}), "demo", version)
    trained(config, "died", version).result("train").unlink()
    write_text(RunDir.at(config.paths.runs, "old").result("train"), "of another release")
    assert trained_cases(config) == set()


def test_a_file_that_is_marked_as_done_waits_for_nothing(
    config: PipelineConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(arrivals, "time", SimpleNamespace(time=time.time, sleep=slept.append))
    monkeypatch.setattr(arrivals, "QUIET_SECONDS", 3600.0)
    drop(config, "a.jsonl", [new(0)]).with_name("a.jsonl.done").touch()
    assert (look_for_arrivals(config).new_cases, slept) == (3, [])


def test_a_run_keeps_to_the_version_that_it_was_told(config: PipelineConfig) -> None:
    first, run = build_version(config), RunDir.at(config.paths.runs, "r")
    keep_to(run, first.name)
    drop(config, "a.jsonl", [new(0)])
    second = build_version(config)
    assert version_of(run) == first.name
    require_version(config, run, first.name)
    with pytest.raises(ConfigError, match=f"data_version '{second.name}' is not what run_id 'r' began with"):
        require_version(config, run, second.name)
    with pytest.raises(DataError, match="there is no version '0000000000000000'"):
        require_version(config, run, "0" * 16)


def test_the_page_says_what_arrived_and_what_was_kept_out_of_it(config: PipelineConfig) -> None:
    build_version(config)
    held = new(1, output="The best answer is (B). " + ANSWER)
    drop(config, "a.jsonl", [new(0), held, new(2, output="Too short.")])
    page = court_data_page(look_for_arrivals(config), "Three wait.")
    assert page.markdown.startswith("# Court data\n\n**Three wait.**")
    assert page.table[0] == {
        "file": "a.jsonl",
        "rows": 3,
        "accepted": 1,
        "new cases": 1,
        "seen before": 0,
        "kin to validation": 0,
        "rejected": 1,
        "quarantined": 1,
    }
    assert "| a.jsonl | rejected | short_output | 1 |" in page.markdown
    assert "| a.jsonl | quarantined | exam_style | 1 |" in page.markdown
    again = court_data_page(look_for_arrivals(config), "Nothing.")
    assert "No new rows" in again.markdown and "## What arrived" not in again.markdown
    assert MORE[0] not in page.markdown
