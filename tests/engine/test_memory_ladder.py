"""The parent's side of the ladder around a real child: swap as a sign of memory, and lessons for the next run."""

import shutil
import signal
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from nyay_lib.attempts import past_attempts
from nyay_lib.config import PipelineConfig
from nyay_lib.engine.batches import completion_tokens, read_rows
from nyay_lib.engine.model import load
from nyay_lib.errors import OutOfMemory
from nyay_lib.jobs import AnyEvent, Event, Started
from nyay_lib.reports.training import attempts
from nyay_lib.runs import RunDir
from nyay_lib.swap import WINDOW
from nyay_lib.training import Adapter, Watching, train
from nyay_lib.watch import Watch, read_history
from tests.nyay_lib.made import base_of, sides_of, split_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
MIB = 2**20


class World:
    """A tiny model, its data set, and runs that train on it in a folder."""

    def __init__(self, base: Path, chats: Path, folder: Path) -> None:
        self.folder = folder
        self.base = base_of(base)
        for name in ("train_mlx.jsonl", "val_mlx.jsonl"):
            shutil.copy(chats, folder / name)
        rows = read_rows(chats, load(base))
        tokens = {"tokens": sum(len(row.tokens) for row in rows), "completion_tokens": completion_tokens(rows)}
        split = split_of(chats, len(rows), **tokens)
        self.data = sides_of(folder, split, split)

    def config(self, **memory: object) -> PipelineConfig:
        return PipelineConfig.model_validate(
            {
                "training": {"batch_size": 4, "gradient_accumulation": 2, "epochs": 6, "learning_rate": 5e-3},
                "checkpointing": {"save_every": 4, "eval_every": 12},
                "evaluation": {"canaries": 0},
                "memory": {"unload_ollama": False, **memory},
                "paths": {"runs": self.folder / "runs", "cache": self.folder / "cache"},
            }
        )

    def run(self, run_id: str) -> RunDir:
        return RunDir.at(self.folder / "runs", run_id)

    def train(self, config: PipelineConfig, run: RunDir, watching: Watching = lambda watch, event: None) -> Adapter:
        """Train as the task does, again as long as a smaller step is worth a try."""
        while True:
            try:
                adapter = train(config, run, self.base, self.data, watching)
                assert adapter is not None
                return adapter
            except OutOfMemory:
                continue

    def losses(self, run: RunDir) -> dict[int, float]:
        steps = read_history(run.job("train") / "events.jsonl").steps
        return {number: step.loss for number, step in steps.items()}

    def child(self, run: RunDir) -> psutil.Process:
        lines = (run.job("train") / "events.jsonl").read_bytes().splitlines()
        events = [AnyEvent.validate_json(line) for line in lines]
        return psutil.Process([event.pid for event in events if isinstance(event, Started)][-1])

    def hold(self, run: RunDir, watch: Watch) -> None:
        """Hold the child for several times as long as the last steps took: whatever the machine, it is slow now."""
        child, seconds = self.child(run), [step.seconds for step in watch.steps.values()]
        child.suspend()
        time.sleep(max(1.0, 6 * sum(seconds[-WINDOW:])))
        child.resume()


@pytest.fixture
def world(base: Path, chats: Path, tmp_path: Path) -> World:
    return World(base, chats, tmp_path)


@pytest.fixture
def swap(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What psutil says of the machine's swap."""
    reading = SimpleNamespace(used=100 * MIB)
    monkeypatch.setattr(psutil, "swap_memory", lambda: reading)
    return reading


def test_a_machine_that_swaps_goes_one_rung_down_at_a_checkpoint(world: World, swap: SimpleNamespace) -> None:
    calm, swapping = world.run("calm"), world.run("swapping")
    world.train(world.config(), calm)

    def slow_down(watch: Watch, event: Event | None) -> None:
        if len(watch.attempts) == 1 and watch.latest and watch.latest.step == 7 and swap.used < 1000 * MIB:
            swap.used = 4000 * MIB
            world.hold(swapping, watch)

    adapter = world.train(world.config(), swapping, slow_down)
    first, second = adapter.attempts
    assert [(str(a.rung), a.end) for a in (first, second)] == [("4x2", "out of memory"), ("2x4", "done")]
    assert first.to_step == first.checkpoint == second.from_step >= 8
    assert first.reason.startswith("the machine swaps: ") and "its swap grew by 3.8 GiB to 3.9 GiB" in first.reason
    assert world.losses(swapping) == pytest.approx(world.losses(calm), rel=1e-4)


def test_on_the_last_rung_a_machine_that_swaps_goes_on_and_says_so(world: World, swap: SimpleNamespace) -> None:
    run, config = world.run("last"), world.config(gradient_checkpointing="always")
    training = config.training.model_copy(update={"batch_size": 1, "gradient_accumulation": 8, "epochs": 4})
    # Nothing is evaluated or saved after step 7, so that it is step 8 that is held.
    saving = config.checkpointing.model_copy(update={"save_every": 16, "eval_every": 32})
    config = config.model_copy(update={"training": training, "checkpointing": saving})

    def slow_down(watch: Watch, event: Event | None) -> None:
        if watch.latest and watch.latest.step == 7 and swap.used < 1000 * MIB:
            swap.used = 4000 * MIB
            world.hold(run, watch)

    adapter = world.train(config, run, slow_down)
    assert [attempt.end for attempt in adapter.attempts] == ["done"] and adapter.steps == 12
    (warning,) = adapter.warnings
    assert warning.endswith("this is the smallest step, so it goes on: close other programs")


def kill_first(world: World, run: RunDir) -> Watching:
    """Kills the child of a run's first attempt after its third step, as the kernel does."""

    def kill(watch: Watch, event: Event | None) -> None:
        if len(watch.attempts) == 1 and watch.latest and watch.latest.step == 3:
            world.child(run).send_signal(signal.SIGKILL)

    return kill


def test_the_third_run_starts_where_two_have_landed(world: World) -> None:
    for name in ("one", "two"):
        world.train(world.config(), world.run(name), kill_first(world, world.run(name)))
        assert [str(attempt.rung) for attempt in past_attempts(world.run(name))] == ["4x2", "2x4"]
    adapter = world.train(world.config(), world.run("three"))
    (only,) = adapter.attempts
    assert only.note in attempts([only])
    assert str(only.rung) == "2x4" and only.note.startswith("starts at 2x4: 4x2 probably ran out of memory on 20")
    assert only.note.endswith("in run two")
    assert world.losses(world.run("three")) == pytest.approx(world.losses(world.run("one")), rel=1e-4)
