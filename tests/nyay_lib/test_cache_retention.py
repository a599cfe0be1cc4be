"""What runs share stays while a run may need it, and for some weeks; downloads stay for ever."""

import json
import time
from pathlib import Path

import pytest

from nyay_lib.cache_retention import DAY_SECONDS, tidy_cache, unneeded
from nyay_lib.config import PathsConfig, PipelineConfig, RetentionConfig
from nyay_lib.data import arrivals
from nyay_lib.data.version import versions_of
from nyay_lib.data.versions import build_version
from nyay_lib.lines import read_lines
from nyay_lib.registry.journal import Entry, append, journal_of
from nyay_lib.runs import RunDir
from tests.nyay_lib.data.test_dataset import CNRS, row, write
from tests.nyay_lib.data.test_versions import configured, drop, new
from tests.nyay_lib.test_run_lock import worker

LATER = time.time() + 31 * DAY_SECONDS


@pytest.fixture
def config(tmp_path: Path) -> PipelineConfig:
    paths = PathsConfig(runs=tmp_path / "runs", cache=tmp_path / "cache", models=tmp_path / "models")
    return PipelineConfig(paths=paths)


def name(kind: str, digit: int) -> str:
    return f"{kind}-{str(digit) * 16}"


def run_with(config: PipelineConfig, run_id: str, *shared: str, finished: bool = True) -> RunDir:
    """A run whose steps name these folders of the cache, which exist."""
    run = RunDir.at(config.paths.runs, run_id)
    run.job("convert").mkdir(parents=True)
    for folder in shared:
        (config.paths.cache / folder).mkdir(parents=True, exist_ok=True)
        (config.paths.cache / folder / "file").write_text("rows")
    run.result("convert").write_text(json.dumps([str(config.paths.cache / folder / "file") for folder in shared]))
    run.config.write_text("{}")
    if finished:
        run.manifest.write_text("{}")
    return run


def left(config: PipelineConfig) -> set[str]:
    return {path.name for path in config.paths.cache.iterdir() if path.is_dir()}


def test_what_only_a_finished_run_made_goes_after_some_weeks_and_is_on_record(config: PipelineConfig) -> None:
    run_with(config, "old", name("dataset", 1), name("answers", 2))
    new = run_with(config, "new", name("dataset", 3))
    assert tidy_cache(config, new) == [], "within the weeks"
    removed = tidy_cache(config, new, LATER)
    assert [(one.what, one.run_id, one.bytes) for one in removed] == [
        ("answers", name("answers", 2), 4), ("data set", name("dataset", 1), 4)
    ]  # fmt: skip
    assert left(config) == {name("dataset", 3)} and tidy_cache(config, new, LATER) == []
    assert len(list(read_lines(config.paths.cache / "removed.jsonl"))) == 2


def test_what_a_run_that_can_go_on_or_serves_needs_stays(config: PipelineConfig) -> None:
    run_with(config, "stopped", name("dataset", 1), finished=False)
    for number, run_id in enumerate(("before", "live"), 2):
        run_with(config, run_id, name("dataset", number), name("losses", number))
        append(journal_of(config), Entry(event="promoted", run_id=run_id, tag=None, sha256="s", passed=True))
    assert unneeded(config, run_with(config, "new")) == []


def test_bases_stay_as_long_as_any_run_is_there_and_downloads_for_ever(config: PipelineConfig) -> None:
    run_with(config, "old", name("base", 1), name("base-file", 2))
    new = run_with(config, "new")
    for folder in (name("base", 3), "4" * 16, name("calibration", 5), "memory-lessons"):
        (config.paths.cache / folder).mkdir()
    (config.paths.cache / f"{name('base', 3)}.json").write_text("{}")
    assert [one.what for one in tidy_cache(config, new, LATER)] == ["quantised base"]
    assert not (config.paths.cache / f"{name('base', 3)}.json").exists()
    assert {name("base", 1), name("base-file", 2), "4" * 16, "memory-lessons"} <= left(config)


def test_nothing_goes_while_another_process_is_at_work_or_the_rule_says_never(config: PipelineConfig) -> None:
    old = run_with(config, "old", name("dataset", 1))
    new = run_with(config, "new")
    with worker(old.lock) as process:
        assert tidy_cache(config, new, LATER) == []
        process.kill()
    never = config.model_copy(update={"retention": RetentionConfig(cache_days=None)})
    assert tidy_cache(never, new, LATER) == []
    assert len(tidy_cache(config, new, LATER)) == 1


@pytest.mark.slow
def test_of_the_versions_the_newest_and_those_of_runs_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "QUIET_SECONDS", 0.0)
    write(tmp_path / "train.jsonl", [row(CNRS[0]), row(CNRS[1])])
    write(tmp_path / "val.jsonl", [row(CNRS[2])])
    config = configured(tmp_path)
    versions = [build_version(config)]
    for number in range(2):
        drop(config, f"{number}.jsonl", [new(number)])
        versions.append(build_version(config))
    run = run_with(config, "new")
    run.result("train").parent.mkdir()
    run.result("train").write_text(json.dumps({"version": versions[1].digest}))
    assert [(one.what, one.run_id) for one in tidy_cache(config, run, LATER)] == [("data version", versions[0].name)]
    assert versions_of(config) == versions[1:] and build_version(config).reused
