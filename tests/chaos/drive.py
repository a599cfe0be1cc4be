"""The flow in a process of its own, with its real tasks and without a Prefect server, told where to wait.

Prefect is replaced at its border alone: no page is sent, no limit is asked for. What is watched of a step is when it
begins and how far it is, by the files that it opens or renames and the events that its children send.
"""

import os
import signal
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from inspect import isgeneratorfunction
from multiprocessing.connection import Connection
from types import SimpleNamespace
from typing import Any, Literal

from prefect import Task
from prefect.exceptions import TerminationSignal

import flows.train_nyay as flow
import nyay_lib.base_model.download as download
import nyay_lib.jobs.event_lines as event_lines
import nyay_lib.registry.address as ollama
import tasks.artifacts as artifacts
import tasks.preflight as preflight
import tasks.registry as registry
import tasks.summary as summary
import tasks.training as training
from nyay_lib.config import PipelineConfig
from nyay_lib.errors import NyayError
from nyay_lib.registry.finished import finished
from nyay_lib.registry.journal import journal_of
from nyay_lib.registry.promotion import promote
from nyay_lib.registry.registering import undoing
from nyay_lib.registry.standing import waived
from nyay_lib.runs import RunDir
from tests.chaos.steps import STEPS, Step

Moment = Literal["task", "begin", "middle"]
TOUCHES = {"open", "os.rename", "os.mkdir", "os.remove", "os.symlink", "socket.connect"}
QUIET = ("engine.log", "events.jsonl")


@dataclass(frozen=True, slots=True)
class Order:
    """What to drive, as a program of its own is told it.

    ``holds`` are the moments of ``step`` at which to wait; ``middle`` is how far its middle is, as an undisturbed run
    counted it. ``promotes`` says whether the model is promoted at the end, as `nyay models promote` does.
    """

    project: str
    config: str
    environment: dict[str, str]
    log: str
    step: str = ""
    holds: tuple[Moment, ...] = ()
    middle: tuple[str, int] = ("", 0)
    promotes: bool = True


@dataclass
class Watch:
    """Counts what a step does, and waits where it was told to."""

    order: Order
    line: Connection
    counts: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    inside: list[str] = field(default_factory=list[str])
    held: set[str] = field(default_factory=set[str])

    def reach(self, step: str, moment: Moment) -> None:
        """Wait for a word at this moment, once."""
        if step == self.order.step and moment in self.order.holds and moment not in self.held:
            self.held.add(moment)
            self.line.send(moment)
            self.line.recv()

    def tick(self, kind: str) -> None:
        for step in list(self.inside):
            count = self.counts.setdefault(step, Counter())
            count[kind] += 1
            if (kind, count[kind]) == self.order.middle:
                self.reach(step, "middle")

    def on_audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.inside or event not in TOUCHES or threading.current_thread() is not threading.main_thread():
            return
        place = str(arguments[1] if event == "socket.connect" else arguments[0])
        if event == "socket.connect" or (place.startswith(self.order.project) and not place.endswith(QUIET)):
            self.tick("touch")

    @contextmanager
    def within(self, step: str) -> Iterator[None]:
        self.inside.append(step)
        try:
            self.reach(step, "begin")
            yield
        finally:
            self.inside.remove(step)


def drive(order: Order, line: Connection) -> None:
    """Run the flow; the last word is how it ended."""
    os.setsid()
    os.environ |= order.environment
    os.chdir(order.project)
    log = os.open(order.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for descriptor in (1, 2):
        os.dup2(log, descriptor)
    watch = Watch(order, line)
    without_prefect()
    listen(watch)
    signal.signal(signal.SIGTERM, terminated)
    line.send(ended(watch, lambda: go(order)))


def terminated(signum: int, _: Any) -> None:
    """What Prefect's engine does in a flow's process."""
    raise TerminationSignal(signum)


def ended(watch: Watch, work: Callable[[], None]) -> dict[str, Any]:
    try:
        work()
    except NyayError as error:
        return {"end": "error", "type": type(error).__name__, "words": str(error)}
    except TerminationSignal:
        return {"end": "cancelled", "words": ""}
    except BaseException as error:
        import traceback

        traceback.print_exc()
        return {"end": "crash", "type": type(error).__name__, "words": str(error)}
    return {"end": "done", "words": "", "counts": {name: dict(count) for name, count in watch.counts.items()}}


def go(order: Order) -> None:
    config = PipelineConfig.model_validate_json(order.config)
    flow.train_nyay.fn(run_id="chaos", config=config)
    if order.promotes:
        run = RunDir.at(config.paths.runs, "chaos")
        ready = finished(config, run)
        known = {one.row for one in waived(config, run, ready.gguf)}
        held = [row.name for row in ready.verdict.blocking if row.name not in known]
        promote(config, run, held, "chaos", lambda done, total: None)
        assert journal_of(config).exists()


# --- Prefect's border -----------------------------------------------------------------------------------------------


def without_prefect() -> None:
    """No server: pages are rendered and not sent; nothing is waited for between tries."""
    for name in ("create_markdown_artifact", "create_table_artifact", "create_progress_artifact"):
        setattr(artifacts, name, lambda *_, **__: None)
    artifacts.update_progress_artifact = lambda *_, **__: None  # type: ignore[assignment]
    artifacts.log_link = lambda _: ""
    preflight.require_limit = lambda: None
    preflight.call_flow_run_after = lambda _: None
    summary.pages_by_step = lambda *_, **__: defaultdict(dict)
    summary.flow_run = SimpleNamespace(get_id=lambda: None, id=None)  # type: ignore[assignment]
    for name, module in sys.modules.copy().items():
        if name.startswith("tasks.") and hasattr(module, "get_run_logger"):
            vars(module)["get_run_logger"] = lambda: SimpleNamespace(info=print_line, warning=print_line)
    training.concurrency = unlimited  # type: ignore[assignment]
    training.task_run = SimpleNamespace(run_count=1)  # type: ignore[assignment]
    training.Pulse = lambda _: SimpleNamespace(beat=lambda: None)  # type: ignore[assignment,misc]
    registry.tell_refused = lambda _: None
    registry.in_transaction = undoing  # type: ignore[assignment]
    download.WAIT_SECONDS = (0.0,) * 3
    ollama.WAIT_SECONDS = (0.0, 0.0)


def print_line(text: str, *values: Any) -> None:
    print(text % values, flush=True)


@contextmanager
def unlimited(*_: Any, **__: Any) -> Generator[None]:
    yield


# --- what is watched ------------------------------------------------------------------------------------------------


def listen(watch: Watch) -> None:
    """Have the watch told when tasks and steps begin and end, and of each event of a child."""
    for name, task in vars(flow).copy().items():
        if isinstance(task, Task):
            setattr(flow, name, as_task(watch, task))
    for step in STEPS:
        where, _, name = step.span.partition(":")
        module = import_module(where)
        setattr(module, name, as_step(watch, step, getattr(module, name)))
    events = event_lines.AnyEvent

    def validate_json(line: bytes) -> Any:
        watch.tick("event")
        return events.validate_json(line)

    event_lines.AnyEvent = SimpleNamespace(validate_json=validate_json)  # type: ignore[assignment]
    sys.addaudithook(watch.on_audit)


def as_task(watch: Watch, task: "Task[Any, Any]") -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        for step in STEPS:
            if step.task == task.name:
                watch.reach(step.name, "task")
        return task.fn(*arguments)

    return call


def as_step(watch: Watch, step: Step, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, watched; of a generator it is its run that counts, and only the first call of several."""
    begun: list[None] = []

    def call(*arguments: Any, **options: Any) -> Any:
        if begun:
            return function(*arguments, **options)
        begun.append(None)
        if isgeneratorfunction(function):
            return through(watch, step, function(*arguments, **options))
        with watch.within(step.name):
            return function(*arguments, **options)

    return call


def through(watch: Watch, step: Step, made: "Generator[Any, Any, Any]") -> "Generator[Any, Any, Any]":
    with watch.within(step.name):
        return (yield from made)
