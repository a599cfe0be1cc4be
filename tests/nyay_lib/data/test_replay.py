"""Retraining on what is new: all new rows, a seeded share of the old ones, and validation where it was."""

import json
from pathlib import Path

import pytest

from data.sample.generate import generate
from nyay_lib.base_model.prepared import BaseModel
from nyay_lib.config import PipelineConfig
from nyay_lib.data import arrivals
from nyay_lib.data.dataset import convert
from nyay_lib.data.keeping import forget_case
from nyay_lib.data.replay import Start, mix, start_of
from nyay_lib.data.trace import trace
from nyay_lib.data.version import Version
from nyay_lib.data.versions import build_version
from nyay_lib.files import write_json, write_text
from nyay_lib.registry.journal import Entry, append, journal_of
from nyay_lib.runs import RunDir
from tests.nyay_lib.data.test_convert_version import base
from tests.nyay_lib.data.test_versions import MORE, cases, configured, drop, new

__all__ = ["base"]
pytestmark = pytest.mark.slow


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PipelineConfig:
    monkeypatch.setattr(arrivals, "QUIET_SECONDS", 0.05)
    generate(tmp_path, rows=60, seed=9, mean_words=60)
    return retraining(configured(tmp_path), start="production", replay=0.6)


def retraining(config: PipelineConfig, **changes: object) -> PipelineConfig:
    return config.model_copy(update={"retraining": config.retraining.model_copy(update=changes)})


def released(config: PipelineConfig, base: BaseModel, version: Version) -> RunDir:
    """A run in production that was trained on a version."""
    run = RunDir.at(config.paths.runs, "live")
    write_text(run.config, config.model_dump_json(by_alias=True))
    write_json(run.result("download-base"), {"digest": base.digest})
    write_json(run.result("convert"), {"version": version.digest})
    write_text(run.adapter / "adapters.safetensors", "weights")
    append(journal_of(config), Entry(event="promoted", run_id="live", tag=None, sha256="0", passed=True))
    return run


def test_new_rows_and_a_share_of_old_ones_are_trained_on_and_validation_stays(
    config: PipelineConfig, base: BaseModel
) -> None:
    first = build_version(config)
    all_old = convert(config, base, first.digest)
    live = released(config, base, first)
    drop(config, "a.jsonl", [new(0), new(1)])
    second, run = build_version(config), RunDir.at(config.paths.runs, "next")
    start = start_of(config, run, base)
    data = convert(config, base, second.digest, start)
    assert data.replay and (data.replay.run_id, data.replay.adapter) == ("live", live.adapter)
    assert data.train.rows == 2 + 3
    assert data.validation_file.read_bytes() == all_old.validation_file.read_bytes()
    cases = {json.loads(line)["cnr"] for line in (data.folder / "train_rows.jsonl").read_text().splitlines()}
    assert {MORE[0], MORE[1]} < cases
    assert f"at the adapter of live, which knows version {first.name}" == data.start
    assert convert(config, base, second.digest, start).reused
    assert convert(config, base, second.digest).train.rows == all_old.train.rows + 2


def test_the_mix_is_a_matter_of_its_seed_and_share_and_so_is_the_digest(
    config: PipelineConfig, base: BaseModel
) -> None:
    first = build_version(config)
    released(config, base, first)
    drop(config, "a.jsonl", [new(0), new(1)])
    second = build_version(config)
    replay = start_of(config, RunDir.at(config.paths.runs, "next"), base).replay
    assert replay
    other = replay.model_copy(update={"seed": 1})
    assert mix(config, second, replay) == mix(config, second, replay) != mix(config, second, other)
    none, adapter = (replay.model_copy(update=change) for change in ({"share": 0.0}, {"adapter_digest": "other"}))
    assert len(mix(config, second, none) or ()) == 2
    made = [convert(config, base, second.digest, Start(replay=one)) for one in (replay, other, none, adapter)]
    assert len({data.digest for data in made}) == 4


def test_a_start_is_decided_once(config: PipelineConfig, base: BaseModel) -> None:
    run = RunDir.at(config.paths.runs, "next")
    version = build_version(config)
    start = start_of(config, run, base)
    assert (start.replay, start.why) == (None, "at the base, on all rows: nothing is in production")
    released(config, base, version)
    assert start_of(config, run, base) == start
    assert start_of(config, RunDir.at(config.paths.runs, "later"), base).replay
    assert start_of(retraining(config, start="base"), RunDir.at(config.paths.runs, "over"), base) == Start()


def test_what_cannot_go_on_starts_over_and_says_why(config: PipelineConfig, base: BaseModel) -> None:
    version = build_version(config)
    live = released(config, base, version)

    def why(run_id: str, config: PipelineConfig = config, base: BaseModel = base) -> str:
        start = start_of(config, RunDir.at(config.paths.runs, run_id), base)
        return start.why if start.replay is None else "goes on"

    wider = config.model_copy(update={"lora": config.lora.model_copy(update={"rank": 8})})
    assert "has another base, rank" in why("a", wider)
    assert "has another base, rank" in why("b", base=base.model_copy(update={"digest": "other"}))
    write_json(live.result("convert"), {"version": None})
    assert "was trained on no version" in why("c")
    (live.adapter / "adapters.safetensors").unlink()
    assert "is not whole" in why("d")


def test_a_model_that_knows_a_case_to_be_forgotten_does_not_go_on(config: PipelineConfig, base: BaseModel) -> None:
    version = build_version(config)
    released(config, base, version)
    case = cases(version.train_file)[0]
    forget_case(config, case, "a court's order")
    start = start_of(config, RunDir.at(config.paths.runs, "next"), base)
    assert start.replay is None and f"has learned from {case}, which is to be forgotten" in start.why


def test_a_run_that_went_on_has_learned_what_the_run_before_had(config: PipelineConfig, base: BaseModel) -> None:
    version = build_version(config)
    all_old = convert(config, base, version.digest)
    all_old.save(released(config, base, version).result("convert"))
    drop(config, "a.jsonl", [new(0)])
    config = retraining(config, replay=0.0)
    run = RunDir.at(config.paths.runs, "next")
    convert(config, base, build_version(config).digest, start_of(config, run, base)).save(run.result("convert"))
    for case in (cases(version.train_file)[0], MORE[0]):
        found = {place.run_id: place.trained for place in trace(config, case).runs}
        assert found["next"] >= 1 and ("live" in found) == (case != MORE[0])


def test_where_no_row_is_new_it_starts_over_on_all(config: PipelineConfig, base: BaseModel) -> None:
    version = build_version(config)
    released(config, base, version)
    data = convert(config, base, version.digest, start_of(config, RunDir.at(config.paths.runs, "next"), base))
    assert data.replay is None and data.start.endswith("live, in production, knows every row")
    assert data.train.rows == convert(config, base, version.digest).train.rows
