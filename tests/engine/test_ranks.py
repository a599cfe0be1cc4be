"""Several ranks train as one does, end as one does, and leave nothing behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from nyay_lib.config import DistributedConfig, TimeConfig
from nyay_lib.errors import NyayError, OutOfMemory
from nyay_lib.jobs import AnyEvent, Checkpointed, Event, Resumed, Started, TrainJob, TrainStep, Validated, finish
from nyay_lib.ranks import run_ranks
from tests.engine.conftest import train_job
from tests.processes import engines

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
FAKE_SSH = """#!/bin/bash
# Runs here what was meant for a machine; with a job of its own where one lies beside the job.
command=${@: -1}
other=$(dirname "$0")/job-elsewhere.json
[ -e "$other" ] && command=$(sed "s# [^ ]*job.json# $other#" <<<"$command")
exec env -u NYAY_PARENT_PID sh -c "$command"
"""

PARENT = """
import sys
from pathlib import Path
from nyay_lib.jobs import TrainJob, finish
from nyay_lib.ranks import run_ranks
folder = Path(sys.argv[1])
finish(run_ranks(TrainJob.model_validate_json((folder / "told.json").read_bytes()), folder / "job"))
"""


def spread(job: TrainJob, ranks: int = 2, **settings: object) -> TrainJob:
    """The same job on several ranks."""
    distributed = DistributedConfig.model_validate({"ranks": ranks, "patience": 300, **settings})
    return job.model_copy(update={"config": job.config.model_copy(update={"distributed": distributed})})


def events_of(path: Path) -> list[Event]:
    return [AnyEvent.validate_json(line) for line in path.read_bytes().splitlines()]


def steps(events: list[Event]) -> dict[int, tuple[float, float]]:
    """Loss and gradient norm of each step."""
    return {event.step: (event.loss, event.grad_norm) for event in events if isinstance(event, TrainStep)}


def validations(events: list[Event]) -> dict[int, float]:
    return {event.step: event.loss for event in events if isinstance(event, Validated)}


def greatest_difference(one: list[Event], other: list[Event]) -> float:
    mine, theirs = steps(one), steps(other)
    assert mine.keys() == theirs.keys() and mine
    return max(abs(mine[n][0] - theirs[n][0]) / mine[n][0] for n in mine)


@pytest.fixture(autouse=True)
def no_process_is_left() -> Iterator[None]:
    yield
    deadline = time.monotonic() + 10
    while left := engines():
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


@pytest.fixture
def fake_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an ssh that stays on this machine."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "ssh").write_text(FAKE_SSH)
    (folder / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    return folder


def test_two_ranks_give_the_losses_of_one(base: Path, chats: Path, tmp_path: Path) -> None:
    alone = list(run_ranks(train_job(base, chats, tmp_path / "one"), tmp_path / "a"))
    spread_job = spread(train_job(base, chats, tmp_path / "two"))
    together = list(run_ranks(spread_job, tmp_path / "b"))
    difference = greatest_difference(alone, together)
    print(f"greatest relative difference of a loss: {difference:.2g}")
    assert difference < 1e-3
    assert validations(together) == pytest.approx(validations(alone), rel=1e-3)
    assert steps(events_of(tmp_path / "b" / "rank-1.jsonl")) == steps(together)
    assert len(steps(together)) == 9 and (spread_job.adapter / "adapters.safetensors").exists()


def test_a_last_batch_with_fewer_rows_than_ranks_is_trained_on(base: Path, chats: Path, tmp_path: Path) -> None:
    settings = {"batch_size": 5, "gradient_accumulation": 2, "epochs": 1}  # 21 rows: 10, 10 and 1
    alone = list(run_ranks(train_job(base, chats, tmp_path / "one", 5, **settings), tmp_path / "a"))
    together = list(run_ranks(spread(train_job(base, chats, tmp_path / "two", 5, **settings)), tmp_path / "b"))
    assert greatest_difference(alone, together) < 1e-3
    covered = [event for event in together if event.type == "covered"]
    assert [(event.rows, event.least, event.most) for event in covered] == [(21, 1, 1)]


def test_all_ranks_pause_together_when_the_night_is_over(base: Path, chats: Path, tmp_path: Path) -> None:
    opens = datetime.now(UTC) + timedelta(hours=2)
    hours = f"{opens:%H:%M}-{opens + timedelta(hours=1):%H:%M}"
    job = spread(train_job(base, chats, tmp_path))
    time_config = TimeConfig.model_validate({"train_between": hours, "timezone": "UTC"})
    job = job.model_copy(update={"config": job.config.model_copy(update={"time": time_config})})
    events = list(run_ranks(job, tmp_path / "job"))
    assert [event.type for event in events] == ["started", "paused", "done"]
    others = events_of(tmp_path / "job" / "rank-1.jsonl")
    assert [event.type for event in others] == ["started", "paused", "done"]


def test_a_rank_that_is_killed_takes_all_down_and_training_goes_on_from_its_checkpoint(
    base: Path, chats: Path, tmp_path: Path
) -> None:
    whole, broken = (spread(train_job(base, chats, tmp_path / name)) for name in ("whole", "broken"))
    undisturbed = list(run_ranks(whole, tmp_path / "a"))
    told: list[Event] = []
    with pytest.raises(OutOfMemory, match="rank 1: the process was ended by SIGKILL") as caught:
        for event in run_ranks(broken, tmp_path / "b"):
            told.append(event)
            if isinstance(event, Checkpointed):
                kill_other_rank(tmp_path / "b")
    assert caught.value.suspected
    lower = broken.model_copy(update={"micro_batch": 2})
    resumed = list(run_ranks(lower, tmp_path / "b"))
    assert any(isinstance(event, Resumed) and event.step >= 2 for event in resumed)
    assert {**steps(told), **steps(resumed)}.keys() == steps(undisturbed).keys()
    assert {n: loss for n, (loss, _) in {**steps(told), **steps(resumed)}.items()} == pytest.approx(
        {n: loss for n, (loss, _) in steps(undisturbed).items()}, rel=1e-4
    )


def kill_other_rank(folder: Path, order: signal.Signals = signal.SIGKILL) -> None:
    pid = next(e.pid for e in reversed(events_of(folder / "rank-1.jsonl")) if isinstance(e, Started))
    os.kill(pid, order)


def test_a_rank_that_falls_silent_ends_all_in_time(base: Path, chats: Path, tmp_path: Path) -> None:
    job = spread(train_job(base, chats, tmp_path, epochs=40), patience=15)
    silent = job.config.evaluation.model_copy(update={"canaries": 0})  # the first rank's own work is no silence
    job = job.model_copy(update={"config": job.config.model_copy(update={"evaluation": silent})})
    with pytest.raises(NyayError, match=r"rank 0 heard nothing of the other ranks for distributed.patience, 15 s"):
        for event in run_ranks(job, tmp_path / "job"):
            if isinstance(event, TrainStep) and event.step == 3:
                kill_other_rank(tmp_path / "job", signal.SIGSTOP)


def test_leaving_early_ends_every_rank(base: Path, chats: Path, tmp_path: Path) -> None:
    events = run_ranks(spread(train_job(base, chats, tmp_path, epochs=40)), tmp_path / "job")
    assert any(isinstance(event, TrainStep) for event in events)
    events.close()
    assert engines() == []


@pytest.mark.parametrize("hosts", [(), ("127.0.0.1", "127.0.0.2")], ids=["here", "by ssh"])
def test_no_rank_outlives_a_killed_parent(
    base: Path, chats: Path, tmp_path: Path, fake_ssh: Path, hosts: tuple[str, ...]
) -> None:
    job = spread(train_job(base, chats, tmp_path, epochs=40), hosts=hosts, port=41340)
    (tmp_path / "told.json").write_text(job.model_dump_json(by_alias=True))
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)])
    log = tmp_path / "job" / "rank-1.jsonl"
    while not (log.exists() and b'"type":"step"' in log.read_bytes()):
        assert parent.poll() is None
        time.sleep(0.1)
    ranks = psutil.Process(parent.pid).children()
    parent.kill()
    parent.wait()
    assert len(ranks) == 2 and psutil.wait_procs(ranks, timeout=10)[1] == []


def elsewhere(job: TrainJob, port: int) -> TrainJob:
    return spread(job, hosts=("127.0.0.1", "127.0.0.2"), port=port)


def test_a_rank_on_another_machine_is_reached_by_ssh(base: Path, chats: Path, tmp_path: Path, fake_ssh: Path) -> None:
    job = elsewhere(train_job(base, chats, tmp_path, epochs=1), 41320)
    done = finish(run_ranks(job, tmp_path / "job"))
    assert done.result["steps"] == 3


def test_a_machine_with_other_rows_is_refused(base: Path, chats: Path, tmp_path: Path, fake_ssh: Path) -> None:
    job = elsewhere(train_job(base, chats, tmp_path, epochs=1), 41330)
    other = tmp_path / "other.jsonl"
    other.write_bytes(b"".join(chats.read_bytes().splitlines(keepends=True)[::-1]))
    (fake_ssh / "job-elsewhere.json").write_text(job.model_copy(update={"train": other}).model_dump_json(by_alias=True))
    with pytest.raises(NyayError, match=r"the data set differs between the ranks \(.*the same, under the same path"):
        finish(run_ranks(job, tmp_path / "job"))
