"""What stays of runs: production and its predecessor whole, of others what the rule keeps, reports always."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from nyay_lib.config import PathsConfig, PipelineConfig, RetentionConfig
from nyay_lib.lines import read_lines
from nyay_lib.registry.journal import Entry, append, journal_of
from nyay_lib.retention import tidy
from nyay_lib.runs import RunDir
from tests.nyay_lib.made import gguf_of
from tests.nyay_lib.test_run_lock import worker

WEIGHTS = {"merged", "checkpoints", "gguf/nyay-ai-f16.gguf", "gguf/nyay-ai-q8_0.gguf", "adapter"}
Make = Callable[..., RunDir]


def configured(folder: Path, **keep: int | None) -> PipelineConfig:
    paths = PathsConfig(runs=folder / "runs", cache=folder / "cache", models=folder / "models")
    return PipelineConfig(paths=paths, retention=RetentionConfig.model_validate(keep))


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """A run with all that a run has; the runs of a test end one after another."""
    made: list[str] = []

    def make(run_id: str, *, finished: bool = True, promoted: bool = False) -> RunDir:
        config = configured(tmp_path)
        run = RunDir.at(config.paths.runs, run_id)
        run.root.mkdir(parents=True)
        for name in (*WEIGHTS, "evaluation/report.json", "config.json"):
            path = run.root / name if "." in name else run.root / name / "model.safetensors"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
        gguf_of(run.gguf / "nyay-ai-q8_0.gguf", run.gguf / "nyay-ai-f16.gguf").save(run.result("quantize"))
        ends = run.manifest if finished else run.config
        ends.write_text("{}")
        made.append(run_id)
        os.utime(ends, (len(made), len(made)))
        if promoted:
            append(journal_of(config), Entry(event="promoted", run_id=run_id, tag=None, sha256="s", passed=True))
        return run

    return make


def left(run: RunDir) -> set[str]:
    assert (run.evaluation / "report.json").exists(), "reports stay"
    return {name for name in WEIGHTS if (run.root / name).exists()}


def test_production_and_its_predecessor_stay_whole_and_the_one_before_gives_way(tmp_path: Path, make: Make) -> None:
    runs = [make(name, promoted=True) for name in ("first", "second", "third")]
    tidy(configured(tmp_path, merged=0, gguf=0, adapters=0), runs[-1])
    assert [left(run) for run in runs] == [set(), WEIGHTS, WEIGHTS]


def test_after_a_rollback_what_came_before_is_the_predecessor(tmp_path: Path, make: Make) -> None:
    runs = [make(name, promoted=True) for name in ("first", "second", "third")]
    config = configured(tmp_path, merged=0, gguf=0)
    append(journal_of(config), Entry(event="restored", run_id="second", tag=None, sha256="s", passed=True))
    tidy(config, runs[2])
    assert [left(run) for run in runs] == [WEIGHTS, WEIGHTS, {"adapter"}]


def test_a_switch_that_was_broken_off_finds_its_files(tmp_path: Path, make: Make) -> None:
    runs = [make("first", promoted=True), make("second", promoted=True), make("begun"), make("new")]
    config = configured(tmp_path, merged=0, gguf=0)
    append(journal_of(config), Entry(event="promoting", run_id="begun", tag=None, sha256="s", passed=True))
    tidy(config, runs[-1])
    assert [left(run) for run in runs] == [WEIGHTS, WEIGHTS, WEIGHTS, {"adapter"}]


def test_of_other_runs_the_newest_keep_most(tmp_path: Path, make: Make) -> None:
    runs = [make(name) for name in "abcd"]
    removed = tidy(configured(tmp_path, merged=1, gguf=2, adapters=3), runs[-1])
    chosen = {"gguf/nyay-ai-q8_0.gguf", "adapter"}
    assert [left(run) for run in runs] == [set(), {"adapter"}, chosen, WEIGHTS]
    assert [one.run_id for one in removed] == ["c"] * 3 + ["b"] * 4 + ["a"] * 5
    assert {one.removed_by for one in removed} == {"d"}


def test_what_was_removed_is_on_record_in_the_run_and_removed_once(tmp_path: Path, make: Make) -> None:
    old, new = make("old"), make("new")
    config = configured(tmp_path, merged=1)
    removed = tidy(config, new)
    assert [(line["what"], line["bytes"]) for line in read_lines(old.removals)] == [
        ("merged model", 6), ("F16 file", 21), ("checkpoints", 11)
    ]  # fmt: skip
    assert len(removed) == 3 and tidy(config, new) == [] and not new.removals.exists()


def test_an_unfinished_run_keeps_what_took_hours(tmp_path: Path, make: Make) -> None:
    stopped, new = make("stopped", finished=False), make("new")
    tidy(configured(tmp_path, merged=5, gguf=0, adapters=0), new)
    assert left(stopped) == {"checkpoints", "gguf/nyay-ai-q8_0.gguf", "adapter"}


def test_a_run_that_another_process_is_at_work_on_is_not_touched(tmp_path: Path, make: Make) -> None:
    busy, new = make("busy"), make("new")
    config = configured(tmp_path, merged=0, gguf=0)
    with worker(busy.lock) as process:
        assert {one.run_id for one in tidy(config, new)} == {"new"}
        process.kill()
    assert left(busy) == WEIGHTS
    assert {one.run_id for one in tidy(config, new)} == {"busy"}


def test_what_a_killed_tidier_left_is_removed_by_the_next(tmp_path: Path, make: Make) -> None:
    old, new = make("old"), make("new")
    old.merged.rename(old.root / ".merged.0badcafe.partial")
    tidy(configured(tmp_path), new)
    assert [path for path in old.root.iterdir() if path.name.endswith(".partial")] == []


def test_by_default_all_adapters_and_the_newest_files_stay(tmp_path: Path, make: Make) -> None:
    runs = [make(f"run-{number}") for number in range(6)]
    tidy(configured(tmp_path), runs[-1])
    assert [len(left(run)) for run in runs] == [1, 1, 2, 2, 2, 5]
