"""Training, with Prefect's retry as the ladder that is climbed down when memory runs out."""

from typing import Any

from prefect import get_run_logger, task
from prefect.concurrency.sync import concurrency
from prefect.logging.loggers import LoggingAdapter
from prefect.runtime import task_run

from nyay_lib.attempts import past_attempts
from nyay_lib.base_model.prepared import BaseModel
from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.errors import OutOfMemory
from nyay_lib.nights import now, wait_until_open
from nyay_lib.reports.page import duration, moment
from nyay_lib.reports.training import live_page, paused_page, training_page
from nyay_lib.runs import RunDir
from nyay_lib.training import Adapter
from nyay_lib.training import train as train_adapter
from nyay_lib.watch import Watch, read_history
from tasks.artifacts import LivePage, ProgressBar
from tasks.preflight import GPU_LIMIT

# More than any ladder has rungs: the library says when the last one is reached.
RETRIES = 12
# A flow process that was killed holds the limit until its lease ends; whoever runs it again waits that long.
LEASE_SECONDS = 90


# A plain function: Prefect takes a partial or a callable object to mean "never retry".
def only_out_of_memory(task: Any, task_run: Any, state: Any) -> bool:
    """Whether a try at a smaller micro-batch is worth making."""
    return isinstance(state.result(raise_on_failure=False), OutOfMemory)


@task(name="train", retries=RETRIES, retry_delay_seconds=2, retry_condition_fn=only_out_of_memory)
def train(config: PipelineConfig, run: RunDir, base: BaseModel, data: Dataset) -> Adapter:
    """Train the adapter in a child process, each night from the run's newest checkpoint."""
    live = LivePage("train", f"attempt {task_run.run_count}")
    bar, logger = ProgressBar("train"), get_run_logger()

    def watching(watch: Watch) -> None:
        live.show(lambda: live_page(watch))
        if step := watch.latest:
            bar.show(step.step, step.total, f"{duration(watch.seconds_left)} left, optimizer steps")
        log(logger, config, watch)

    def one_night() -> Adapter | None:
        with concurrency(GPU_LIMIT, occupy=1, strict=True, lease_duration=LEASE_SECONDS):
            return train_adapter(config, run, base, data, watching)

    while (adapter := one_night()) is None:
        pause(config, run, live)
    live.finish(training_page(adapter, read_history(run.job("train") / "events.jsonl")))
    return adapter


def pause(config: PipelineConfig, run: RunDir, live: LivePage) -> None:
    """Wait for the hours of training, with nothing held that another run could use."""
    nights = config.time.nights
    if not nights.is_open(at := now()):
        opens, watch = nights.next_change(at), read_history(run.job("train") / "events.jsonl")
        watch.attempts = past_attempts(run)
        live.show_at_once(paused_page(opens, watch))
        get_run_logger().info("paused until %s", moment(opens))
    wait_until_open(nights)


def log(logger: LoggingAdapter | Any, config: PipelineConfig, watch: Watch) -> None:
    """A line for how an attempt begins, for every few steps and for each evaluation."""
    step = watch.latest
    if not watch.device and (note := watch.attempts[-1].note):
        logger.info("attempt %d: %s", watch.attempts[-1].number, note)
    if step is None:
        return
    if loss := watch.validations.get(step.step):
        logger.info("step %d of %d: validation loss %.4f", step.step, step.total, loss)
    elif step.step == 1 or step.step % config.log_every_steps == 0:
        speed, left = watch.tokens_per_second, duration(watch.seconds_left)
        logger.info("step %d of %d: loss %.4f, %.0f tokens/s, %s left", step.step, step.total, step.loss, speed, left)
