"""Checkpoints: everything that training needs to go on as if nothing had happened.

A checkpoint is a folder that exists whole or not at all: the adapter, the optimizer's moments, and a state with the
step and the fingerprints of data, model and settings. Data order and dropout are functions of seed and step, so the
step is all that is left of the random numbers.
"""

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import mlx.core as mx
from mlx.utils import tree_flatten, tree_unflatten

from nyay_lib.engine.early_warning import NO_LOSSES, Trend
from nyay_lib.errors import NyayError
from nyay_lib.files import replacing_folder, write_json

KEEP_NEWEST = 2


@dataclass(frozen=True, slots=True)
class State:
    """Where training stands: ``step`` is done; ``best_step`` had the lowest validation loss so far.

    ``worse`` counts the evaluations since then, ``trend`` is what the training losses amount to, and ``rate_scale`` is
    what the schedule is multiplied by.
    """

    step: int
    fingerprints: Mapping[str, str]
    best_step: int | None = None
    best_loss: float | None = None
    worse: int = 0
    rate_scale: float = 1.0
    trend: Trend = NO_LOSSES


def folder_of(checkpoints: Path, step: int) -> Path:
    """The folder of a step's checkpoint."""
    return checkpoints / f"step-{step:08d}"


def save(checkpoints: Path, state: State, adapter: Mapping[str, mx.array], optimizer: Any) -> None:
    """Write a checkpoint, then remove those that are neither among the newest nor the best."""
    with replacing_folder(folder_of(checkpoints, state.step)) as folder:
        mx.save_safetensors(str(folder / "adapters.safetensors"), dict(adapter))
        mx.save_safetensors(str(folder / "optimizer.safetensors"), dict(tree_flatten(optimizer.state)))
        write_json(folder / "state.json", asdict(state))
    _prune(checkpoints, state)


def newest(checkpoints: Path, fingerprints: Mapping[str, str]) -> State | None:
    """The state of the newest checkpoint, None without one.

    Raises NyayError when it was made from other data, another model or other settings.
    """
    steps = _steps(checkpoints)
    if not steps:
        return None
    folder = folder_of(checkpoints, steps[-1])
    found = json.loads((folder / "state.json").read_text())
    state = State(**found | {"trend": Trend.read(found["trend"])})
    for name, digest in fingerprints.items():
        if state.fingerprints.get(name) != digest:
            raise NyayError(
                f"{folder}: was made with another {name} (digest {state.fingerprints.get(name)!r}, now {digest!r}); "
                "start a new run, or put the old one back"
            )
    return state


def load(checkpoints: Path, state: State, model: Any, optimizer: Any) -> None:
    """Put the adapter and the optimizer's moments of a checkpoint in place."""
    folder = folder_of(checkpoints, state.step)
    model.load_weights(str(folder / "adapters.safetensors"), strict=False)
    moments: Any = mx.load(str(folder / "optimizer.safetensors"))
    optimizer.state = tree_unflatten(list(moments.items()))


def _steps(checkpoints: Path) -> list[int]:
    """Steps of the complete checkpoints, oldest first."""
    return sorted(int(p.name.removeprefix("step-")) for p in checkpoints.glob("step-*") if (p / "state.json").exists())


def _prune(checkpoints: Path, state: State) -> None:
    kept = {*_steps(checkpoints)[-KEEP_NEWEST:], state.best_step}
    for step in _steps(checkpoints):
        if step not in kept:
            shutil.rmtree(folder_of(checkpoints, step))
