"""Weights & Biases, where the configuration wants it: figures and settings, through its own library.

No text of the data, no path, no name of this machine and no code goes there. The library takes its key, its mode
(``WANDB_MODE=offline``) and its project from the environment. Whatever goes wrong with it is a warning and its end:
training never waits for it.
"""

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nyay_lib.config import PipelineConfig
from nyay_lib.metrics import StepMetrics
from nyay_lib.runs import RunDir

INSTALL = "uv pip install 'nyay[wandb]'"
# What the library may hold up a run for, at its begin and its end.
PATIENCE_SECONDS = 30.0


def is_installed() -> bool:
    """Whether the extra is there; the library is not loaded, which costs seconds."""
    return importlib.util.find_spec("wandb") is not None


def is_offline() -> bool:
    """Whether the environment keeps everything on this machine."""
    return os.environ.get("WANDB_MODE", "online") in ("offline", "dryrun", "disabled")


def obstacle() -> tuple[str, str] | None:
    """What keeps a run from being reported, and how to mend it; None when nothing does."""
    if not is_installed():
        return "the package wandb is not installed", f"run `{INSTALL}`, or set logging.wandb to false"
    if not is_offline() and not os.environ.get("WANDB_API_KEY"):
        return "WANDB_API_KEY is not set", "set it to the key of your account, or WANDB_MODE to offline"
    return None


def settings_sent(config: PipelineConfig) -> dict[str, Any]:
    """The settings that are reported: those of the model and of training, none that names a place."""
    sent = config.model_dump(mode="json", include={"lora", "training", "optimizer", "scheduler"})
    # A local folder is known by its name, not by where it lies.
    name = config.model.name if not Path(config.model.name).exists() else Path(config.model.name).name
    return sent | {"model": {"name": name, "quantization": config.model.quantization}}


class WandbRun:
    """One run there, however often it is taken up: its id is the run's."""

    def __init__(self, config: PipelineConfig, run: RunDir, warn: Callable[[str], None]) -> None:
        self._config, self._run, self._warn = config, run, warn
        self._wandb: Any = None
        self._failed = False

    def log(self, line: StepMetrics) -> None:
        """Report a step; a second time for the same step adds to it."""
        self._guarded(lambda: self._opened().log(line.model_dump(exclude={"step"}, exclude_none=True), step=line.step))

    def finish(self, *, succeeded: bool) -> None:
        """Report the end, and send what is still to be sent."""
        if self._wandb is not None:
            self._guarded(lambda: self._wandb.finish(exit_code=0 if succeeded else 1))

    def _guarded(self, call: Callable[[], object]) -> None:
        if self._failed:
            return
        try:
            call()
        except Exception as error:  # whatever it is, it is not worth a night of training
            self._failed = True
            words = " ".join(str(error).split()) or type(error).__name__
            self._warn(f"Weights & Biases is not told any more: {words}; training goes on, metrics.jsonl has all steps")

    def _opened(self) -> Any:
        """The library's run; opened with the first step, so that no child waits for it."""
        if self._wandb is None:
            import wandb

            self._wandb = wandb.init(
                id=self._run.run_id,
                name=self._run.run_id,
                project=os.environ.get("WANDB_PROJECT", self._config.registry.name),
                dir=self._run.job("train"),
                config=settings_sent(self._config),
                resume=None if is_offline() else "allow",
                settings=_silent(wandb),
            )
        return self._wandb


def _silent(wandb: Any) -> Any:
    """Settings under which the library prints nothing and gathers nothing by itself."""
    return wandb.Settings(
        mode=os.environ.get("WANDB_MODE", "online"),
        silent=True,
        console="off",
        host="nyay",
        disable_code=True,
        disable_git=True,
        save_code=False,
        x_disable_meta=True,
        x_disable_stats=True,
        x_disable_machine_info=True,
        x_save_requirements=False,
        init_timeout=PATIENCE_SECONDS,
        finish_timeout=PATIENCE_SECONDS,
    )
