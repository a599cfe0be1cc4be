"""The engine as a run uses it: a child process over the 8-bit base. ``python ours.py spec.json``."""

import json
import sys
from pathlib import Path
from typing import Any

from nyay_lib.config import PipelineConfig
from nyay_lib.jobs import Started, TrainJob, TrainStep, run_job


def main() -> None:
    spec: dict[str, Any] = json.loads(Path(sys.argv[1]).read_bytes())
    folder = Path(spec["folder"])
    device, steps = "", list[TrainStep]()
    events = run_job(job(spec, folder), folder / "job")
    while True:
        try:
            event = next(events)
        except StopIteration:
            print(json.dumps(result(device, steps)))
            return
        if isinstance(event, Started):
            device = event.device
        elif isinstance(event, TrainStep):
            steps.append(event)


def job(spec: dict[str, Any], folder: Path) -> TrainJob:
    """One epoch at a constant rate, as the peers train."""
    config = PipelineConfig.model_validate(
        {
            "lora": {"rank": spec["rank"], "alpha": spec["rank"] * spec["scale"], "dropout": spec["dropout"]},
            "training": {
                "batch_size": spec["batch"],
                "gradient_accumulation": 1,
                "epochs": 1,
                "learning_rate": spec["rate"],
                "seed": spec["seed"],
                "warmup_ratio": 0.0,
                "max_seq_length": spec["longest"],
            },
            "optimizer": {"weight_decay": spec["weight_decay"]},
            "scheduler": {"min_lr_ratio": 1.0},
            "checkpointing": {"save_every": 10**6, "eval_every": 10**6},
        }
    )
    return TrainJob(
        config=config,
        base=Path(spec["base"]),
        train=Path(spec["data"]) / "train.jsonl",
        validation=Path(spec["held_out"]),
        checkpoints=folder / "checkpoints",
        adapter=folder / "adapter",
        fingerprints={},
        micro_batch=spec["batch"],
        gradient_checkpointing=False,
    )


def result(device: str, steps: list[TrainStep]) -> dict[str, Any]:
    """Seconds of each step, and what the run came to."""
    return {
        "seconds": [step.seconds for step in steps],
        "losses": [step.loss for step in steps],
        "mlx_peak": max(step.peak_memory for step in steps),
        "device": device,
    }


if __name__ == "__main__":
    main()
