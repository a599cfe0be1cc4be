"""Training as the flow calls it, with real child processes: what an attempt leaves behind, however it ended."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from nyay_lib.attempts import past_attempts
from nyay_lib.base_model.prepared import BaseModel, prepare
from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset, convert
from nyay_lib.errors import JobError, OutOfMemory, OutOfRungs
from nyay_lib.jobs import Event, finish
from nyay_lib.ledger import Ledger
from nyay_lib.runs import RunDir
from nyay_lib.training import Adapter, Watching, train
from nyay_lib.watch import Watch, read_history
from tests.processes import engines

PROJECT = Path(__file__).parents[2]
OUTSIDE = PROJECT / "tests/outside"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@dataclass(frozen=True)
class Prepared:
    """What is there when training begins: 44 rows, 3 optimizer steps in each of 2 epochs."""

    config: PipelineConfig
    base: BaseModel
    data: Dataset

    def train(self, run: RunDir, watching: Watching = lambda *_: None) -> Adapter | None:
        return train(self.config, run, self.base, self.data, watching)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    folder = tmp_path_factory.mktemp("project")
    sample = PROJECT / "data/sample"
    config = PipelineConfig.model_validate(
        {
            "model": {"name": "embedded:tiny-random"},
            "training": {"epochs": 2, "max_seq_length": 768},
            "checkpointing": {"save_every": 8, "eval_every": 400},
            "data": {"train": sample / "train.jsonl", "validation": sample / "val.jsonl"}
            | {name: folder / name for name in ("incoming", "versions", "decisions")},
            "memory": {"remember": False},
            "paths": {name: folder / name for name in ("runs", "cache", "models")},
        }
    )
    base = finish(prepare(config.model, config.paths.cache, folder / "job", lambda done, total: None))
    return Prepared(config, base, convert(config, base))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunDir:
    """A run whose children come to grief as trouble.json says."""
    monkeypatch.setenv("PYTHONPATH", f"{OUTSIDE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    return RunDir(tmp_path)


def trouble(run: RunDir, *troubles: dict[str, object]) -> None:
    run.job("train").mkdir(parents=True)
    (run.job("train") / "trouble.json").write_text(json.dumps(troubles))


def told(run: RunDir) -> list[tuple[str, str, int, int]]:
    return [(str(a.rung), a.end, a.from_step, a.to_step) for a in past_attempts(run)]


def test_an_exception_an_abort_and_a_segmentation_fault_lose_no_more_than_since_the_checkpoint(
    prepared: Prepared, run: RunDir, tmp_path_factory: pytest.TempPathFactory
) -> None:
    undisturbed = RunDir(tmp_path_factory.mktemp("undisturbed"))
    prepared.train(undisturbed)
    trouble(run, {"step": 2, "end": "exception"}, {"step": 3, "end": "metal abort"}, {"step": 3, "end": "segv"})
    for words in ("kIOGPUCommandBufferCallbackErrorOutOfMemory", "aborted because memory ran out", "SIGSEGV"):
        with pytest.raises(OutOfMemory, match=words):
            prepared.train(run)
    assert prepared.train(run)
    assert [(a.end, a.from_step, a.to_step) for a in past_attempts(run)] == [
        ("out of memory", 0, 1),
        ("out of memory", 0, 2),
        ("out of memory", 2, 4),
        ("done", 4, 6),
    ]
    told, whole = (read_history(r.job("train") / "events.jsonl").steps for r in (run, undisturbed))
    difference = max(abs(told[step].loss / whole[step].loss - 1) for step in whole)
    print(f"greatest relative difference of a loss: {difference:.1e}")
    assert told.keys() == whole.keys() and difference < 1e-4


def test_suspected_memory_is_given_up_at_the_smallest_step_with_what_would_fit(prepared: Prepared, run: RunDir) -> None:
    trouble(run, *({"step": 2, "end": end} for end in ("kill", "segv", "kill", "kill")))
    for _ in range(3):
        with pytest.raises(OutOfMemory):
            prepared.train(run)
    with pytest.raises(OutOfRungs, match=r"SIGKILL, .* smallest step: lower training.max_seq_length to 384, for which"):
        prepared.train(run)
    rungs = ["4x4", "2x8", "1x16", "1x16, gradient checkpointing"]
    assert told(run) == [(rung, "out of memory", 0, 1) for rung in rungs]


def test_a_flow_that_is_cancelled_takes_its_child_with_it_and_that_is_no_failure(
    prepared: Prepared, run: RunDir
) -> None:
    def cancel(watch: Watch, _: Event | None) -> None:
        if watch.latest and watch.latest.step == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepared.train(run, cancel)
    assert engines() == []
    adapter = prepared.train(run)
    assert told(run) == [("4x4", "stopped", 0, 3), ("4x4", "done", 2, 6)]
    assert adapter and (adapter.ledger.least, adapter.ledger.most, adapter.ledger.rows) == (
        2,
        2,
        prepared.data.train.rows,
    )
    assert Ledger.model_validate_json(run.ledger.read_bytes()) == adapter.ledger


def test_an_attempt_that_its_flow_could_not_end_is_told_as_stopped(prepared: Prepared, run: RunDir) -> None:
    def look(watch: Watch, _: Event | None) -> None:
        if watch.latest and watch.latest.step == 3:
            raise SystemExit(run.attempts.read_text())

    with pytest.raises(SystemExit) as end:
        prepared.train(run, look)
    run.attempts.write_text(str(end.value))  # what a kill would have left
    assert told(run) == [("4x4", "stopped", 0, 2)]
    assert "killed" in past_attempts(run)[0].reason


def test_a_bug_is_not_taken_for_memory(prepared: Prepared, run: RunDir) -> None:
    trouble(run, {"step": 1, "end": "bug"})
    with pytest.raises(
        JobError, match=r"train failed: TypeError: unsupported .* the full log is .*engine\.log"
    ) as error:
        prepared.train(run)
    assert not isinstance(error.value, OutOfMemory)
    assert told(run) == [("4x4", "failed", 0, 0)]
