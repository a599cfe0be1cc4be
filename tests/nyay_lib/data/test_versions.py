"""Versions: what arrived is taken once and whole, validation stays, decisions hold, and a kill leaves nothing half."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from data.sample.generate import generate
from nyay_lib.config import PipelineConfig
from nyay_lib.data import arrivals
from nyay_lib.data.decisions import read_decisions
from nyay_lib.data.drift import drift
from nyay_lib.data.keeping import forget_case, release_rows
from nyay_lib.data.room import rooms
from nyay_lib.data.trace import trace
from nyay_lib.data.version import Version, newest, versions_of
from nyay_lib.data.versions import build_version, has_versions
from nyay_lib.errors import DataError
from nyay_lib.registry.journal import Entry, append, journal_of, read
from nyay_lib.reports.versions import version_page
from tests.nyay_lib.data.test_dataset import ANSWER, CNRS, Row, row, write

ROOT = Path(__file__).parents[3]
MORE = ("HCMA010000132021", "KLHC010000142018", "GJHC010000152017")
TEXTS = (
    "1. The school bus left the hill road in heavy rain, and the insurer denies that any policy was in force then.",
    "1. A widow asks for the pension that her husband earned in thirty years at the state's printing press.",
    "1. The municipality sealed a flour mill for its noise though the mill was older than the houses around it.",
)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "QUIET_SECONDS", 0.05)


@pytest.fixture
def config(tmp_path: Path) -> PipelineConfig:
    write(tmp_path / "train.jsonl", [row(CNRS[0]), row(CNRS[1])])
    write(tmp_path / "val.jsonl", [row(CNRS[2])])
    return configured(tmp_path)


def configured(folder: Path) -> PipelineConfig:
    data = {"train": "train.jsonl", "validation": "val.jsonl", "incoming": "incoming", "versions": "versions"}
    paths = {name: folder / path for name, path in (data | {"decisions": "decisions.jsonl"}).items()}
    return PipelineConfig.model_validate(
        {"data": paths, "paths": {name: folder / name for name in ("runs", "cache", "models")}}
    )


def new(number: int, **changes: Any) -> Row:
    return row(MORE[number], input=TEXTS[number] + "\n\n2. The appeal is allowed.", **changes)


def drop(config: PipelineConfig, name: str, rows: list[Row], more: bytes = b"") -> Path:
    config.data.incoming.mkdir(exist_ok=True)
    write(config.data.incoming / name, rows, more)
    return config.data.incoming / name


def cases(path: Path) -> list[str]:
    return [json.loads(line)["metadata"]["cnr"] for line in path.read_text(encoding="utf-8").splitlines()]


def test_new_cases_make_a_version_and_validation_stays(config: PipelineConfig) -> None:
    first = build_version(config)
    drop(config, "a.jsonl", [new(0), row(CNRS[0]), new(1)])
    second = build_version(config)
    assert cases(second.train_file) == [CNRS[0], CNRS[1], MORE[0], MORE[1]]
    assert (second.new.rows, second.new.cases, second.new.seen, second.parent) == (2, 2, 1, first.name)
    assert second.validation.digest == first.validation.digest and first.frozen == second.frozen
    assert newest(config) == second and not second.reused


def test_the_same_content_again_gives_no_new_version(config: PipelineConfig) -> None:
    path = drop(config, "a.jsonl", [new(0), new(1)])
    first = build_version(config)
    assert build_version(config).reused
    path.rename(path.with_name("b.jsonl"))
    drop(config, "c.jsonl", [new(0), new(1)])
    drop(config, "d.jsonl", [new(1), new(0)])
    again = build_version(config)
    assert again.reused and again.digest == first.digest and len(versions_of(config)) == 1


def test_what_was_taken_stays_when_the_file_is_removed(config: PipelineConfig) -> None:
    path = drop(config, "a.jsonl", [new(0)])
    build_version(config)
    path.unlink()
    drop(config, "b.jsonl", [new(1)])
    assert cases(build_version(config).train_file) == [CNRS[0], CNRS[1], MORE[0], MORE[1]]


def test_arrivals_kin_to_validation_are_kept_out_and_named(config: PipelineConfig) -> None:
    first = build_version(config)
    told = row(CNRS[2])["input"]
    drop(config, "a.jsonl", [row(CNRS[2], input=TEXTS[2]), row(MORE[0], input=told, instruction="Explain."), new(1)])
    second = build_version(config)
    assert cases(second.train_file) == [CNRS[0], CNRS[1], MORE[1]]
    assert second.validation.digest == first.validation.digest
    pairs = [(leak.training, leak.why) for leak in second.first_held_out]
    assert pairs == [("a.jsonl:1", "same_case"), ("a.jsonl:2", "near_duplicate")]


def test_without_a_validation_file_a_pool_is_split_once(config: PipelineConfig) -> None:
    config.data.validation.unlink()
    first = build_version(config)
    assert (first.train.rows, first.validation.rows) == (1, 1)
    drop(config, "a.jsonl", [new(0), new(1)])
    second = build_version(config)
    assert second.train.rows == 3 and second.validation.digest == first.validation.digest


def test_half_a_record_waits_until_it_is_whole(config: PipelineConfig) -> None:
    path = drop(config, "a.jsonl", [new(0)], b'{"instruction": "Summ')
    version = build_version(config)
    assert "half a record" in version.waiting[0] and version.train.rows == 2
    write(path, [new(0), new(1)])
    assert build_version(config).train.rows == 4


def test_a_file_that_grows_while_it_is_looked_at_waits(config: PipelineConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    path = drop(config, "a.jsonl", [new(0)])

    def write_on(_: float) -> None:
        write(path, [new(0), new(1)])

    monkeypatch.setattr(arrivals, "QUIET_SECONDS", 60.0)
    monkeypatch.setattr(arrivals.time, "sleep", write_on)
    assert "still being written" in build_version(config).waiting[0]


def test_a_forgotten_case_is_in_no_later_version(config: PipelineConfig) -> None:
    drop(config, "a.jsonl", [new(0), new(1)])
    first = build_version(config)
    kept = forget_case(config, MORE[0], "the court ordered the name masked")
    assert [place.version for place in kept.found.versions] == [first.name]
    second = build_version(config)
    drop(config, "b.jsonl", [new(0, instruction="Explain."), new(2)])
    third = build_version(config)
    for version in (second, third):
        assert all(MORE[0] not in path.read_text(encoding="utf-8") for path in version.folder.iterdir())
    assert third.new.rows == 1 and third.validation.digest == first.validation.digest
    [decision] = read_decisions(config.data.decisions)
    assert decision.reason == "the court ordered the name masked" and decision.who


def test_a_forgotten_cases_near_duplicates_are_named(config: PipelineConfig) -> None:
    config.data.validation.write_text("")
    write(config.data.validation, [row(CNRS[2]), row(MORE[0], input=row(CNRS[2])["input"], instruction="Explain.")])
    release = build_version(config)
    [held] = [json.loads(line) for line in release.quarantine_file.read_text(encoding="utf-8").splitlines()]
    release_rows(config, [held["id"]], "two cases decided alike")
    build_version(config)
    assert list(forget_case(config, CNRS[2], "order").near) == [MORE[0]]


def test_released_rows_come_back_and_stay(config: PipelineConfig) -> None:
    hostile = new(0, output="The best answer is (B). " + ANSWER)
    path = drop(config, "a.jsonl", [hostile])
    first = build_version(config)
    assert first.counts("quarantined", "train") == {"exam_style": 1}
    [decision] = release_rows(config, ["a.jsonl:1"], "the question asks for it")
    assert release_rows(config, [decision.subject], "again") == []
    assert MORE[0] in cases(build_version(config).train_file)
    path.rename(path.with_name("z.jsonl"))
    drop(config, "b.jsonl", [new(1)])
    assert {MORE[0], MORE[1]} <= set(cases(build_version(config).train_file))


def test_an_id_that_names_no_row_is_refused(config: PipelineConfig) -> None:
    with pytest.raises(DataError, match="holds no version yet"):
        release_rows(config, ["a.jsonl:1"], "why")
    build_version(config)
    with pytest.raises(DataError, match=r"'a.jsonl:1': no quarantined row"):
        release_rows(config, ["a.jsonl:1"], "why")
    with pytest.raises(DataError, match="'nonsense' is no CNR"):
        trace(config, "nonsense")


def test_trace_finds_versions_and_releases_and_forget_marks_them(config: PipelineConfig) -> None:
    version = build_version(config)
    released_run(config, version, "r1")
    found = trace(config, CNRS[0])
    assert [(place.version, place.rows) for place in found.versions] == [(version.name, {"train": 1})]
    assert [(run.run_id, run.trained, run.measured, run.live) for run in found.runs] == [("r1", 1, 0, True)]
    forget_case(config, CNRS[0], "order")
    forget_case(config, CNRS[0], "order")
    marks = [entry for entry in read(journal_of(config)) if entry.event == "marked"]
    assert len(marks) == 1 and marks[0].run_id == "r1" and CNRS[0] in marks[0].reasons[0]


def released_run(config: PipelineConfig, version: Version, run_id: str) -> None:
    result = config.paths.runs / run_id / "jobs" / "convert" / "result.json"
    result.parent.mkdir(parents=True)
    result.write_text(json.dumps({"folder": str(config.paths.cache / "gone"), "version": version.digest}))
    append(journal_of(config), Entry(event="promoted", run_id=run_id, tag=None, sha256="0", passed=True))


def test_another_data_set_is_kept_out_of_the_folder(config: PipelineConfig, tmp_path: Path) -> None:
    build_version(config)
    other = tmp_path / "other"
    other.mkdir()
    write(other / "train.jsonl", [new(0)])
    mixed = config.model_copy(update={"data": config.data.model_copy(update={"train": other / "train.jsonl"})})
    with pytest.raises(DataError, match="set data.versions, data.incoming and data.decisions"):
        build_version(mixed)


def test_two_builders_at_once_make_one_version(config: PipelineConfig) -> None:
    drop(config, "a.jsonl", [new(0), new(1)])
    with ThreadPoolExecutor() as pool:
        found = [future.result() for future in [pool.submit(build_version, config) for _ in range(4)]]
    assert len({version.digest for version in found}) == 1
    assert sorted(version.reused for version in found) == [False, True, True, True]


BUILD = """
import sys
from pathlib import Path
from nyay_lib.config import PipelineConfig
from nyay_lib.data import versions
print("ready", flush=True)
versions.build_version(PipelineConfig.model_validate_json(Path(sys.argv[1]).read_bytes()))
"""


def test_a_builder_that_is_killed_leaves_no_half_version(tmp_path: Path) -> None:
    generate(tmp_path, rows=400, seed=3, mean_words=300)
    config = configured(tmp_path)
    (tmp_path / "config.json").write_text(config.model_dump_json(by_alias=True))
    command = [sys.executable, "-c", BUILD, str(tmp_path / "config.json")]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, env=os.environ | {"PYTHONPATH": str(ROOT)})
    while not list(config.data.versions.glob(".version.*/accepted.jsonl")):
        assert child.poll() is None
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert versions_of(config) == [] and list(config.data.versions.glob(".version.*"))
    assert build_version(config).train.rows == 360 and not list(config.data.versions.glob(".version.*"))


def arrive(folder: Path, old: int, fresh: int) -> None:
    """A given set, then a file with all of its training rows and some of new cases."""
    generate(folder, rows=old, seed=1, mean_words=200)
    generate(folder / "more", rows=2 * fresh, seed=2, mean_words=200, validation_share=0.0)
    config = configured(folder)
    first = build_version(config)
    config.data.incoming.mkdir()
    known = config.data.train.read_bytes()
    (config.data.incoming / "weekly.jsonl").write_bytes(known + (folder / "more" / "train.jsonl").read_bytes())
    second = build_version(config)
    assert second.new.cases == fresh and second.new.rows == 2 * fresh
    assert second.new.seen == first.train.rows
    assert second.validation.digest == first.validation.digest and len(versions_of(config)) == 2
    (config.data.incoming / "again.jsonl").write_bytes((config.data.incoming / "weekly.jsonl").read_bytes())
    assert build_version(config).reused and "weekly.jsonl" in version_page(second)


def test_fifty_new_cases_among_eight_hundred_rows(tmp_path: Path) -> None:
    arrive(tmp_path, 800, 50)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_five_hundred_new_cases_among_eight_thousand_rows(tmp_path: Path) -> None:
    arrive(tmp_path, 8000, 500)


def test_without_arrivals_and_versions_nothing_asks_for_one(config: PipelineConfig) -> None:
    assert not has_versions(config)
    config.data.incoming.mkdir()
    (config.data.incoming / "notes.txt").write_text("no records")
    assert not has_versions(config)
    drop(config, "a.jsonl", [new(0)])
    assert has_versions(config)


def test_drift_is_none_for_one_mix_and_whole_for_two() -> None:
    assert drift("court", {"a": 30, "b": 10}, {"a": 3, "b": 1}).distance == 0
    apart = drift("court", {"a": 30}, {"b": 30})
    assert apart.distance == 1 and apart.is_more_than_chance


def test_a_longer_limit_keeps_more_and_costs_more() -> None:
    short, long = rooms([1000, 3000], (2048, 3072))
    assert (short.shortened, short.lost, long.shortened, long.lost) == (1, 952, 0, 0)
    assert long.cost == pytest.approx(4000 / 3048)
