"""All that is written down of a training run while it trains, from its events as they come."""

from nyay_lib.canaries import CanariesFile
from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.jobs import Event
from nyay_lib.metrics import MetricsFile
from nyay_lib.runs import RunDir
from nyay_lib.watch import Watch
from nyay_lib.weights_and_biases import WandbRun


class Records:
    """The files of one attempt, and Weights & Biases where the configuration wants it."""

    def __init__(self, config: PipelineConfig, run: RunDir, data: Dataset, watch: Watch) -> None:
        self._watch = watch
        self._metrics = MetricsFile(run.metrics, watch.attempts[-1].number)
        self._canaries = CanariesFile(run.canaries, data.validation_file, config.evaluation.canaries)
        self._wandb = WandbRun(config, run, watch.warn) if config.logging.wandb else None

    def see(self, event: Event) -> None:
        """Take one event in."""
        line = self._metrics.see(event)
        self._watch.metrics = line or self._watch.metrics
        self._canaries.see(event)
        if line and self._wandb:
            self._wandb.log(line)

    def close(self, *, succeeded: bool) -> None:
        """The attempt has ended."""
        if self._wandb:
            self._wandb.finish(succeeded=succeeded)
