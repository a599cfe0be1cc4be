"""Is the plan true? Peak memory and time of training as planned beforehand, and as they came, on three settings.

SmolLM2-135M out of its package and the sample's records, through the parent's side of a run: base, data set,
calibration, plan, training. The calibration is made anew. The machine must have nothing else to do.

python benchmarks/plan.py
"""

import argparse
import json
import os
import tempfile
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from nyay_lib.base_model import embedded, tiny
from nyay_lib.base_model.prepared import BaseModel, prepare
from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset, convert
from nyay_lib.jobs import Event, finish
from nyay_lib.planning.plan import Plan
from nyay_lib.planning.planner import plan_run
from nyay_lib.runs import RunDir
from nyay_lib.training import Adapter, train
from nyay_lib.watch import Watch

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "data" / "sample"
MODELS = {"smollm2": embedded.NAME, "tiny": tiny.NAME}
HELD_OUT_ROWS = 4
MIB = 2**20
GOALS = {"memory": 0.15, "time": 0.30}


class Setting(NamedTuple):
    """Rows of ``length`` tokens of the first ``records``, ``batch`` of them in a micro-batch, which is a whole step."""

    batch: int
    length: int
    records: int
    epochs: int = 1
    checkpointing: bool = False

    @property
    def name(self) -> str:
        extra = ", gradient checkpointing" if self.checkpointing else ""
        return f"{self.batch} x {self.length}{extra}"


SETTINGS = (Setting(2, 512, 24), Setting(4, 384, 44, epochs=2), Setting(1, 1024, 12, checkpointing=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", choices=MODELS, default="smollm2")
    model = parser.parse_args().model
    with tempfile.TemporaryDirectory(prefix="nyay-benchmark-") as name:
        folder = Path(name)
        measured = [figures(MODELS[model], setting, folder) for setting in SETTINGS]
    print(json.dumps(summary(model, measured)))


def summary(model: str, measured: list[dict[str, Any]]) -> dict[str, Any]:
    """All settings, and the worst of each figure."""
    worst = {what: max(abs(found[f"{what}_ratio"] - 1) for found in measured) for what in GOALS}
    return {
        "memory_error": round(worst["memory"], 3),
        "time_error": round(worst["time"], 3),
        "goals": GOALS,
        "met": all(worst[what] <= goal for what, goal in GOALS.items()),
        "settings": measured,
        "model": model,
        "repeats": 1,
        "cores": os.cpu_count(),
        "versions": {name: version(name) for name in ("mlx", "mlx-lm", "numpy")},
    }


def figures(model: str, setting: Setting, folder: Path) -> dict[str, Any]:
    """Plan and train a setting."""
    config = configured(model, setting, folder)
    run = RunDir.at(config.paths.runs, setting.name.replace(" ", "").replace(",", "-"))
    run.open(config)
    base: BaseModel = finish(prepare(config.model, config.paths.cache, folder / "job", lambda done, total: None))
    data = convert(config, base)
    plan: Plan = finish(plan_run(config, run, base, data))
    adapter = train(config, run, base, data, unwatched, plan)
    assert adapter is not None  # it may train at any hour
    return compared(setting, data, plan, adapter)


def unwatched(watch: Watch, event: Event | None) -> None:
    """Nobody looks on."""


def compared(setting: Setting, data: Dataset, plan: Plan, adapter: Adapter) -> dict[str, Any]:
    """Planned and came; a ratio above 1 means that it took more than was planned."""
    return {
        "setting": setting.name,
        "steps": adapter.steps,
        "longest_row": data.train.longest,
        "planned_seconds": round(plan.training_seconds, 1),
        "seconds": round(adapter.seconds, 1),
        "time_ratio": round(adapter.seconds / plan.training_seconds, 3),
        "planned_peak_mib": round(plan.peak_memory / MIB),
        "peak_mib": round(adapter.process_peak / MIB),
        "memory_ratio": round(adapter.process_peak / plan.peak_memory, 3),
        "mlx_peak_mib": round(adapter.peak_memory / MIB),
        "planned_tokens_per_second": round(plan.tokens_per_second, 1),
        "tokens_per_second": round(adapter.tokens_per_second, 1),
        "seconds_planning": round(plan.seconds, 1),
        "device": adapter.device,
    }


def configured(model: str, setting: Setting, folder: Path) -> PipelineConfig:
    """The first records, evaluated once at the end."""
    files = {"train": (SAMPLES / "train.jsonl", setting.records), "validation": (SAMPLES / "val.jsonl", HELD_OUT_ROWS)}
    data = {name: folder / f"{name}-{count}.jsonl" for name, (_, count) in files.items()}
    for name, (source, count) in files.items():
        with source.open(encoding="utf-8") as lines:
            data[name].write_text("".join(islice(lines, count)), encoding="utf-8")
    always = "always" if setting.checkpointing else "auto"
    return PipelineConfig.model_validate(
        {
            "model": {"name": model},
            "training": {
                "batch_size": setting.batch,
                "gradient_accumulation": 1,
                "epochs": setting.epochs,
                "max_seq_length": setting.length,
            },
            "memory": {"gradient_checkpointing": always, "unload_ollama": False, "remember": False},
            "checkpointing": {"save_every": 10**6, "eval_every": 10**6, "output_dir": folder / "models" / "adapter"},
            "data": data | {name: folder / name for name in ("incoming", "versions", "decisions")},
            "registry": {"register": "never"},
            "paths": {name: folder / name for name in ("runs", "cache", "models")},
        }
    )


if __name__ == "__main__":
    main()
