"""``mlx_lm.lora`` through its own ``run``, on the base that the spec names. ``python mlx_lm_lora.py spec.json``.

Best settings: the loss on the answer alone, no gradient checkpointing, no validation, OpenBLAS with a thread for each
core.
"""

import json
import os
import sys
import threading
import types
from pathlib import Path
from typing import Any

from nyay_lib.engine import device

SPEC: dict[str, Any] = json.loads(Path(sys.argv[1]).read_bytes())
DEVICE = device.prepare()

from mlx_lm.lora import CONFIG_DEFAULTS, run  # noqa: E402  (a BLAS that is loaded later would not be found)
from mlx_lm.tuner.callbacks import TrainingCallback  # noqa: E402


class Reports(TrainingCallback):
    """Seconds and loss of each iteration, and the highest memory that MLX had in use."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.losses: list[float] = []
        self.mlx_peak = 0

    def on_train_loss_report(self, train_info: dict[str, Any]) -> None:
        self.seconds.append(1 / train_info["iterations_per_second"])
        self.losses.append(train_info["train_loss"])
        self.mlx_peak = int(train_info["peak_memory"] * 1e9)


def main() -> None:
    reports = Reports()
    train(reports)
    tell(seconds=reports.seconds, losses=reports.losses, mlx_peak=reports.mlx_peak)


def train(reports: Reports) -> None:
    """Train one epoch. ``run`` would put a reporter of its own in the callback's place."""
    import mlx.core as mx
    import mlx_lm.lora

    if SPEC["compiled"]:
        mx.enable_compile()
    lora: Any = mlx_lm.lora
    lora.get_reporting_callbacks = lambda *_, **__: reports
    train_model = lora.train_model

    def capped(*arguments: Any) -> None:
        # What has gone before, imports and loading, is not the step's.
        if cap := SPEC["cap_seconds"]:
            cut_off(cap)
        train_model(*arguments)

    lora.train_model = capped
    run(types.SimpleNamespace(**settings()))


def settings() -> dict[str, Any]:
    """What the command line would be given: the same as ours."""
    return CONFIG_DEFAULTS | {
        "model": SPEC["base"],
        "data": SPEC["data"],
        "train": True,
        "mask_prompt": True,
        "num_layers": -1,
        "batch_size": SPEC["batch"],
        "iters": SPEC["steps"],
        "learning_rate": SPEC["rate"],
        "seed": SPEC["seed"],
        "optimizer": "adamw",
        "optimizer_config": {"adamw": {"weight_decay": SPEC["weight_decay"], "bias_correction": True}},
        "lora_parameters": {name: SPEC[name] for name in ("rank", "scale", "dropout", "keys")},
        "max_seq_length": SPEC["longest"],
        "steps_per_report": 1,
        "save_every": 10**6,
        "adapter_path": str(Path(SPEC["folder"]) / "adapter"),
        "trust_remote_code": False,
    }


def cut_off(seconds: float) -> None:
    """End this process after so long, and say that it was ended."""

    def end() -> None:
        tell(seconds=[seconds], losses=[], mlx_peak=0, capped=True)
        sys.stdout.flush()
        os._exit(0)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()


def tell(**found: Any) -> None:
    print()
    print(json.dumps({"device": DEVICE, **found}))


if __name__ == "__main__":
    main()
