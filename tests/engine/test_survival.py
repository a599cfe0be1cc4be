"""Whatever ends a training process, the next one goes on to the very same adapter, and no row is seen twice."""

import json
import math
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nyay_lib.endings import is_out_of_memory
from nyay_lib.engine import trainer
from nyay_lib.engine.early_warning import check_not_silent
from nyay_lib.engine.train import train
from nyay_lib.errors import NyayError, OutOfMemory
from nyay_lib.jobs import (
    Checkpointed,
    Covered,
    Event,
    Paused,
    Resumed,
    Started,
    TrainJob,
    TrainStep,
    Validated,
    run_job,
)
from tests.engine.conftest import train_job
from tests.engine.test_checkpoint import largest_file

OUTSIDE = Path(__file__).parents[1] / "outside"
STEPS = 9


def trained(job: TrainJob) -> list[Event]:
    """The events of a run in this process."""
    events: list[Event] = []
    train(job, events.append)
    return events


def weights(job: TrainJob) -> bytes:
    return (job.adapter / "adapters.safetensors").read_bytes()


def losses(events: list[Event]) -> dict[int, float]:
    """The loss of each step, as it was told last."""
    return {event.step: event.loss for event in events if isinstance(event, TrainStep)}


def leftovers(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.name.endswith((".partial", ".old"))]


@pytest.fixture(scope="module")
def whole(base: Path, chats: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainJob:
    """An undisturbed run: 9 steps, an evaluation after every third, a checkpoint after every second."""
    job = train_job(base, chats, tmp_path_factory.mktemp("whole"))
    covered = [event for event in trained(job) if isinstance(event, Covered)]
    assert [(event.steps, event.rows, event.least, event.most) for event in covered] == [(STEPS, 21, 3, 3)]
    return job


@pytest.fixture
def broken(base: Path, chats: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TrainJob:
    """The same run, whose child comes to grief as ``trouble`` says."""
    monkeypatch.setenv("PYTHONPATH", f"{OUTSIDE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
    return train_job(base, chats, tmp_path)


def killed(job: TrainJob, **trouble: object) -> list[Event]:
    """The events of a child that is killed on the way."""
    folder, events = job.adapter.parent / "job", list[Event]()
    folder.mkdir(exist_ok=True)
    (folder / "trouble.json").write_text(json.dumps([{**trouble, "end": "kill"}]))
    with pytest.raises(OutOfMemory, match="SIGKILL"):
        events.extend(run_job(job, folder))  # extend keeps what came before the error
    return events


def check_goes_on(job: TrainJob, whole: TrainJob) -> list[Event]:
    """Train to the end, and hold it against the undisturbed run; returns the events."""
    events = trained(job)
    assert weights(job) == weights(whole)
    assert leftovers(job.adapter.parent) == []
    assert [(event.least, event.most) for event in events if isinstance(event, Covered)] == [(3, 3)]
    return events


KILLS = {
    "before the first file": {"call": "mkdir", "of": r"\.step-00000004", "after": True},
    "with files, before the state": {"call": "open", "of": r"\.step-00000004.*/\.state\.json"},
    "before the files are synced": {"call": "fsync", "of": r"\.step-00000004.*/adapters"},
    "between sync and rename": {"call": "rename", "of": r"/\.step-00000004"},
    "after the rename": {"call": "rename", "of": r"/\.step-00000004", "after": True},
    "before an older one is removed": {"call": "rename", "of": r"/step-0000000\d$"},
    "while an older one is removed": {"call": "unlink", "of": r"^adapters\.safetensors$", "after": True},
    "between two checkpoints": {"step": 6},
    "while the adapter is written": {"call": "rename", "of": r"/\.adapter\."},
}


@pytest.mark.slow
@pytest.mark.parametrize("moment", KILLS)
def test_a_kill_at_a_checkpoint_or_between_two_is_invisible(broken: TrainJob, whole: TrainJob, moment: str) -> None:
    killed(broken, **KILLS[moment])
    events = check_goes_on(broken, whole)
    assert [event.step for event in events if isinstance(event, Resumed)]


@pytest.mark.slow
def test_a_kill_between_the_two_renames_of_an_adapter_made_anew_is_invisible(broken: TrainJob, whole: TrainJob) -> None:
    trained(broken)
    killed(broken, call="rename", of=r"/\.adapter\..*partial$")
    assert not broken.adapter.exists() and len(leftovers(broken.adapter.parent)) == 2
    check_goes_on(broken, whole)


def test_a_kill_during_an_evaluation_is_invisible(broken: TrainJob, whole: TrainJob) -> None:
    events, child = list[Event](), 0
    with pytest.raises(OutOfMemory, match="SIGKILL"):
        for event in run_job(broken, broken.adapter.parent / "job"):
            events.append(event)
            if isinstance(event, Started):
                child = event.pid
            if isinstance(event, TrainStep) and event.step == 3:
                os.kill(child, signal.SIGKILL)
    assert [type(event) for event in events][-1] is TrainStep, "it was not killed during the evaluation"
    again = check_goes_on(broken, whole)
    assert [event.step for event in again if isinstance(event, Validated)] == [3, 6, 9]


def test_a_full_disk_ends_training_in_words_and_with_room_it_goes_on(broken: TrainJob, whole: TrainJob) -> None:
    folder = broken.checkpoints
    with largest_file(1 << 40) as limit, pytest.raises(NyayError, match="step-00000003: cannot be written"):
        train(broken, lambda event: limit(50_000) if event == Checkpointed(step=2) else None)
    assert "step-00000002" in [path.name for path in folder.iterdir()]
    check_goes_on(broken, whole)


class Nights:
    """A clock that stands in the hours of training for so many looks, then outside them."""

    def __init__(self, looks: float) -> None:
        self.left = looks

    def now(self) -> datetime:
        self.left -= 1
        return datetime(2026, 1, 1, 22 if self.left >= 0 else 12, tzinfo=UTC)


def at_night(job: TrainJob) -> TrainJob:
    hours = job.config.time.model_copy(update={"train_between": "21:00-07:00", "timezone": "UTC"})
    return job.model_copy(update={"config": job.config.model_copy(update={"time": hours})})


@pytest.fixture
def night(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    def of(looks: float) -> None:
        monkeypatch.setattr(trainer, "now", Nights(looks).now)

    return of


# Before the first step, between two steps, and amid an evaluation; the first look is before the canaries.
@pytest.mark.parametrize(("looks", "steps"), [(0, 0), (3, 2), (6, 3)])
def test_a_night_that_ends_is_invisible(
    broken: TrainJob, whole: TrainJob, night: Callable[[float], None], looks: int, steps: int
) -> None:
    night(looks)
    first = trained(at_night(broken))
    assert isinstance(first[-1], Paused) and first[-1].step == max(losses(first), default=0) == steps
    assert not broken.adapter.exists()
    night(math.inf)
    second = check_goes_on(at_night(broken), whole)
    assert losses(first).keys().isdisjoint(losses(second))
    assert [event.step for event in second if isinstance(event, Validated)] == [3, 6, 9]


@pytest.mark.slow
def test_many_short_nights_come_to_the_same_adapter(
    broken: TrainJob, whole: TrainJob, night: Callable[[float], None]
) -> None:
    events: list[Event] = []
    for _ in range(30):
        night(2)
        events += trained(at_night(broken))
        if not isinstance(events[-1], Paused):
            break
    assert sum(isinstance(event, Paused) for event in events) >= 5
    assert sorted(event.step for event in events if isinstance(event, TrainStep)) == list(range(1, STEPS + 1))
    check_goes_on(broken, whole)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("batch", "accumulation", "micro_batches"), [(4, 4, (4, 2, 1)), (5, 3, (5, 2, 1)), (6, 3, (6, 3, 1))]
)
def test_the_micro_batch_is_invisible_for_twenty_steps(
    base: Path, chats: Path, tmp_path: Path, batch: int, accumulation: int, micro_batches: tuple[int, ...]
) -> None:
    settings = {"batch_size": batch, "gradient_accumulation": accumulation, "epochs": 10, "dropout": 0.0}
    told = [losses(trained(train_job(base, chats, tmp_path / str(m), m, **settings))) for m in micro_batches]
    assert all(list(losses) == list(range(1, 21)) for losses in told)
    difference = max(abs(others[step] / told[0][step] - 1) for others in told[1:] for step in told[0])
    print(f"batch {batch}x{accumulation}, micro-batches {micro_batches}: greatest relative difference {difference:.1e}")
    assert 0 <= difference < 1e-4


@pytest.mark.parametrize(("loss", "norm"), [(0.0, 1.0), (2.0, 0.0), (0.0, 0.0)])
def test_zeros_of_a_gpu_are_memory_that_ran_out_without_a_word(loss: float, norm: float) -> None:
    with pytest.raises(MemoryError) as silent:
        check_not_silent(loss, norm, on_cpu=False)
    assert is_out_of_memory(silent.value)
    check_not_silent(loss, norm, on_cpu=True)
    check_not_silent(2.0, 1.0, on_cpu=False)
