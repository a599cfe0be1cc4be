"""A run's plan is made once: what it chose is on disk, and whoever takes the run up again keeps to it."""

import json
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path

import pytest

from nyay_lib.base_model.prepared import BaseModel
from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.jobs import Event, finish
from nyay_lib.planning import planner
from nyay_lib.planning.outlook import Outlook
from nyay_lib.planning.plan import Plan
from nyay_lib.runs import RunDir
from tests.nyay_lib.made import base_of, sides_of, split_of
from tests.nyay_lib.planning.made import TASKS, outlook

LENGTHS = [100 + i for i in range(64)]


def data_set(folder: Path) -> Dataset:
    """Sixty-four training rows and one of validation, each line its own number."""
    folder.mkdir()
    notes = [{"tokens": n, "answer_tokens": n // 4, "tokens_lost": 0, "task_type": TASKS[n % 2]} for n in LENGTHS]
    for name, count in (("train", len(LENGTHS)), ("val", 1)):
        (folder / f"{name}_mlx.jsonl").write_text("".join(f"{n}\n" for n in range(count)))
        (folder / f"{name}_rows.jsonl").write_text("".join(json.dumps(note) + "\n" for note in notes[:count]))
    split = split_of(folder, len(LENGTHS), tokens=sum(LENGTHS), completion_tokens=1, longest=163)
    return sides_of(folder, split, split)


class World:
    """A machine of made-up speed, a base, a data set, and a run with half an hour."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.monkeypatch = folder, monkeypatch
        self.run, self.data = RunDir(folder / "run"), data_set(folder / "data")
        self.base = base_of(folder)

    def plan(self, hours: float | None, slower: float = 1.0) -> Plan:
        sections: dict[str, object] = {
            "model": {"name": "embedded:tiny-random"},
            "time": {"max_hours": hours},
            "memory": {"unload_ollama": False},
            "evaluation": {"canaries": 0},
            "registry": {"register": "never"},
            "paths": {"cache": self.folder / "cache", "runs": self.folder / "runs"},
        }
        found = outlook(LENGTHS, **sections)
        found = replace(found, costs=found.costs.model_copy(update={"token_seconds": 0.001 * slower}))
        self.monkeypatch.setattr(planner, "outlook_of", told(found))
        self.config = found.config
        return finish(planner.plan_run(found.config, self.run, self.base, self.data))


def told(found: Outlook) -> Callable[..., Generator[Event, None, Outlook]]:
    def outlook_of(config: PipelineConfig, base: BaseModel, data: Dataset) -> Generator[Event, None, Outlook]:
        yield from ()
        return found

    return outlook_of


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path, monkeypatch)


def test_the_chosen_rows_are_a_data_set_of_their_own(world: World) -> None:
    plan = world.plan(hours=0.0025)
    config, data = plan.applied(world.config, world.data)
    lines = data.train_file.read_text().splitlines()
    assert plan.rows < 64 and len(lines) == plan.rows == data.train.rows == sum(data.train.task_types.values())
    assert lines == sorted(set(lines), key=int) and data.digest != world.data.digest
    notes = [json.loads(line) for line in (data.folder / "train_rows.jsonl").read_text().splitlines()]
    assert [note["tokens"] for note in notes] == [LENGTHS[int(line)] for line in lines]
    assert data.validation_file.read_bytes() == world.data.validation_file.read_bytes()
    assert config.optimizer_steps(data.train.rows) == plan.steps and plan.rungs[0].fits


def test_a_run_that_is_taken_up_again_keeps_its_plan(world: World) -> None:
    first = world.plan(hours=0.0025)
    again = world.plan(hours=0.0025, slower=3.0)
    assert again.reused and again == first.model_copy(update={"reused": True})
    assert world.plan(hours=0.003).rows > first.rows


def test_all_of_it_needs_no_data_set_of_its_own(world: World) -> None:
    plan = world.plan(hours=None)
    assert plan.applied(world.config, world.data) == (world.config, world.data)
    assert not world.run.planned_data.exists() and plan.disks
