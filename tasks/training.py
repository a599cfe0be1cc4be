"""Training, with Prefect's retry as the ladder that is climbed down when memory runs out."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from prefect import get_run_logger, task
from prefect.concurrency.sync import concurrency
from prefect.runtime import task_run

from nyay_lib.attempts import past_attempts
from nyay_lib.base_model.prepared import BaseModel
from nyay_lib.canaries import read_canaries
from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.errors import OutOfMemory
from nyay_lib.jobs import Event, Resumed, TrainStep, Validated, Warned
from nyay_lib.nights import now, wait_until_open
from nyay_lib.planning.plan import Plan
from nyay_lib.planning.planner import plan_run
from nyay_lib.reports.page import Page, duration, moment
from nyay_lib.reports.plan import plan_page
from nyay_lib.reports.training import live_page, paused_page, training_page
from nyay_lib.run_lock import turn
from nyay_lib.runs import RunDir
from nyay_lib.storage import in_words
from nyay_lib.training import Adapter
from nyay_lib.training import train as train_adapter
from nyay_lib.watch import Watch, read_history
from tasks.artifacts import LivePage, ProgressBar, publish
from tasks.following import StepLog, follow
from tasks.preflight import GPU_LIMIT
from tasks.pulse import Pulse

# More than any ladder has rungs: the library says when the last one is reached.
RETRIES = 12
# A flow process that was killed holds the limit until its lease ends; whoever runs it again waits that long.
LEASE_SECONDS = 90


# A plain function: Prefect takes a partial or a callable object to mean "never retry".
def only_out_of_memory(task: Any, task_run: Any, state: Any) -> bool:
    """Whether a try at a smaller micro-batch is worth making."""
    return isinstance(state.result(raise_on_failure=False), OutOfMemory)


@task(
    name="train",
    task_run_name="train: {data.train.rows:,} rows, run {run.run_id}",
    retries=RETRIES,
    retry_delay_seconds=2,
    retry_condition_fn=only_out_of_memory,
)
@in_words
def train(config: PipelineConfig, run: RunDir, base: BaseModel, data: Dataset) -> Adapter:
    """Train the adapter in a child process, each night from the run's newest checkpoint."""
    plan = planned(config, run, base, data)
    live = LivePage("train", f"attempt {task_run.run_count}")
    bar, log = ProgressBar("train"), StepLog(run, "train")
    pulse = Pulse(get_run_logger())

    def watching(watch: Watch, event: Event | None) -> None:
        def page() -> Page:
            return live_page(watch, read_canaries(run.canaries), run.metrics)

        log.show()
        live.show(page) if event else live.show_at_once(page())
        if step := watch.latest:
            bar.show(step.step, step.total, "optimizer steps", watch.seconds_left)
        tell(config, watch, event)
        pulse.beat()

    def one_night() -> Adapter | None:
        with the_machine(config):
            return train_adapter(config, run, base, data, watching, plan)

    with log.kept():
        while (adapter := one_night()) is None:
            pause(config, run, live)
    bar.finish()
    history = read_history(run.job("train") / "events.jsonl")
    live.finish(training_page(adapter, history, read_canaries(run.canaries), run.metrics))
    return adapter


@contextmanager
def the_machine(config: PipelineConfig) -> Generator[None]:
    """The machine, for one training at a time.

    The limit shows it and makes others wait. Its lease runs out when the machine sleeps or the server is away: the run
    goes on then, and the lock alone makes others wait.
    """
    slot = concurrency(
        GPU_LIMIT, occupy=1, strict=True, lease_duration=LEASE_SECONDS, raise_on_lease_renewal_failure=False
    )
    with slot, turn(config.paths.cache.resolve() / ".training.lock", get_run_logger().warning):
        yield


def planned(config: PipelineConfig, run: RunDir, base: BaseModel, data: Dataset) -> Plan:
    """The run's plan, published before anything is trained; a calibration needs the machine for itself too."""
    with the_machine(config):
        plan = follow(plan_run(config, run, base, data), run, "plan")
    if task_run.run_count == 1:
        publish("plan", plan_page(plan))
        for warning in plan.warnings:
            get_run_logger().warning("plan: %s", warning)
    return plan


def pause(config: PipelineConfig, run: RunDir, live: LivePage) -> None:
    """Wait for the hours of training, with nothing held that another run could use."""
    nights = config.time.nights
    if not nights.is_open(at := now()):
        opens, watch = nights.next_change(at), read_history(run.job("train") / "events.jsonl")
        watch.attempts = past_attempts(run)
        live.show_at_once(paused_page(opens, watch))
        get_run_logger().info("paused until %s", moment(opens))
    wait_until_open(nights)


def tell(config: PipelineConfig, watch: Watch, event: Event | None) -> None:
    """A line for how an attempt begins, for every few steps, for each evaluation and for each warning."""
    logger, attempt = get_run_logger(), watch.attempts[-1]
    match event:
        case None if attempt.end == "running":
            words = [f"attempt {attempt.number}: batch {attempt.rung}", *filter(None, [attempt.note])]
            logger.info("%s", "; ".join(words))
        case Resumed():
            logger.info("goes on after step %d", event.step)
        case TrainStep() if event.step == 1 or event.step % config.log_every_steps == 0:
            speed, left = watch.tokens_per_second, duration(watch.seconds_left)
            step = (event.step, event.total, event.loss, speed, left)
            logger.info("step %d of %d: loss %.4f, %.0f tokens/s, %s left", *step)
        case Validated():
            logger.info("step %d: validation loss %.4f", event.step, event.loss)
        case Warned():
            logger.warning("%s", event.text)
        case _:
            pass
