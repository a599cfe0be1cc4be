"""`nyay plan`: what a run will take on this machine, before anything is spent."""

import json
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console

from nyay_lib.base_model import check_source
from nyay_lib.base_model.prepared import BaseModel, prepare
from nyay_lib.config import PipelineConfig, config_of
from nyay_lib.data.dataset import convert
from nyay_lib.data.replay import choose_start
from nyay_lib.jobs import Event, Progress
from nyay_lib.planning.plan import Plan
from nyay_lib.planning.planner import draw_up, inputs_digest, outlook_of
from nyay_lib.planning.unprepared import is_on_disk, plan_unprepared
from nyay_lib.reports.plan import plan_tables

T = TypeVar("T")
Tell = Callable[[str], None]
FITS, DOES_NOT_FIT = 0, 1


def run(config_file: Path | None, *, as_json: bool) -> int:
    """Print the plan; 0 if the run fits the machine and sees every row, 1 if not."""
    config = config_of(config_file)
    plan = make(config)
    if as_json:
        print(json.dumps(told(plan), ensure_ascii=False))
    else:
        console = Console(highlight=False)
        for part in plan_tables(plan):
            console.print(part)
    return FITS if plan.fits else DOES_NOT_FIT


def make(config: PipelineConfig) -> Plan:
    """The plan; base and records are prepared first where that takes no download, and kept for the run."""
    # Where stderr is no terminal this says nothing.
    with Console(stderr=True).status("") as status:
        tell: Tell = status.update
        if not is_on_disk(config):
            tell("counting tokens")
            return plan_unprepared(config)
        tell("preparing the base model")
        jobs = config.paths.cache / "plan"
        base: BaseModel = follow(prepare(config.model, config.paths.cache, jobs, lambda done, total: None), tell)
        tell("examining the records")
        data = convert(config, base, start=choose_start(config, base))
        tell("calibrating")
        outlook = follow(outlook_of(config, base, data), tell)
        source = check_source(config.model, config.paths.cache)
        return draw_up(outlook, inputs_digest(config, base, data), source)[0]


def told(plan: Plan) -> dict[str, Any]:
    """The plan as JSON, with what follows from it."""
    names = ("fits", "tokens_per_second", "peak_memory", "training_seconds", "seconds_of_run", "coverage")
    return plan.model_dump(mode="json") | {name: getattr(plan, name) for name in names}


def follow(events: Generator[Event, None, T], tell: Tell) -> T:
    """Run a step's events to their end, telling its progress."""
    while True:
        try:
            event = next(events)
        except StopIteration as stop:
            return stop.value
        if isinstance(event, Progress):
            tell(event.what)
