"""Checkpoints: everything that training needs to go on as if nothing had happened.

A checkpoint is a folder that exists whole or not at all: the adapter, the optimizer's moments, and a state with the
step, the fingerprints of data, model and settings, and the digest of every file. Data order and dropout are functions
of seed and step, so the step is all that is left of the random numbers.
"""

import json
import re
import shutil
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import mlx.core as mx
from filelock import FileLock, Timeout
from mlx.utils import tree_flatten, tree_unflatten

from nyay_lib.engine.state import State, state_of
from nyay_lib.errors import NyayError
from nyay_lib.files import clear_leftovers, digest_file, digest_value, remove_folder, replacing_folder, write_json

KEEP_NEWEST = 2
ADAPTER, MOMENTS, STATE = "adapters.safetensors", "optimizer.safetensors", "state.json"
NAME = re.compile(r"step-(\d{8,})")
# MLX's own words when a file takes no more.
WRITE_MESSAGE = re.compile(r"\[(?:write|save_safetensors)\]")
# A state holds two numbers for each step and one for each row.
STATE_BYTES = 1 << 20
# An orphan notices the end of its parent within this.
LOCK_SECONDS = 15.0


class Damaged(Exception):
    """A file of a checkpoint is not as it was written."""


def folder_of(checkpoints: Path, step: int) -> Path:
    """The folder of a step's checkpoint."""
    return checkpoints / f"step-{step:08d}"


@contextmanager
def sole_trainer(checkpoints: Path) -> Generator[None]:
    """Hold the checkpoints for one process, and clear what a killed one left. Raises NyayError while another trains."""
    checkpoints.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(checkpoints.with_suffix(".lock"), timeout=LOCK_SECONDS):
            for folder in (checkpoints, checkpoints.parent):
                clear_leftovers(folder)
            yield
    except Timeout as error:
        raise NyayError(f"{checkpoints}: another process trains in this run; wait for its end, or stop it") from error


def save(checkpoints: Path, state: State, adapter: Mapping[str, mx.array], optimizer: Any) -> None:
    """Write a checkpoint, then remove those that are neither among the newest nor the best.

    Raises NyayError when the disk takes no more; the older checkpoints stay.
    """
    arrays = {ADAPTER: dict(adapter), MOMENTS: dict(tree_flatten(optimizer.state))}
    with writing(folder_of(checkpoints, state.step), arrays) as folder:
        digests = {name: digest_file(folder / name) for name in arrays}
        write_json(folder / STATE, sealed({"state": asdict(state), "files": digests}))
    _prune(checkpoints, state)


@contextmanager
def writing(folder: Path, arrays: Mapping[str, Mapping[str, mx.array]]) -> Generator[Path]:
    """A new ``folder`` with files of ``arrays`` in it; whole once the block is left. Raises NyayError without room."""
    needed = sum(array.nbytes for file in arrays.values() for array in file.values()) + STATE_BYTES
    folder.parent.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder.parent).free < needed:
        raise _no_room(folder, needed, "the disk is full")
    try:
        with replacing_folder(folder) as new:
            for name, file in arrays.items():
                mx.save_safetensors(str(new / name), dict(file))
            yield new
    except (OSError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not WRITE_MESSAGE.search(str(error)):
            raise
        raise _no_room(folder, needed, " ".join(str(error).split())) from error


def _no_room(folder: Path, needed: int, why: str) -> NyayError:
    free = shutil.disk_usage(folder.parent).free
    return NyayError(
        f"{folder}: cannot be written ({why}): it needs {needed / 1e6:,.1f} MB, {free / 1e6:,.1f} MB are free; make "
        "room and start the same run again, it goes on from its last checkpoint"
    )


def sealed(value: dict[str, Any]) -> dict[str, Any]:
    """``value`` and its digest."""
    return value | {"seal": digest_value(value)}


def newest(checkpoints: Path, fingerprints: Mapping[str, str], warn: Callable[[str], None]) -> State | None:
    """The state of the newest checkpoint that is sound, None without one. Damaged ones are told of and removed.

    Raises NyayError when it was made from other data, another model or other settings.
    """
    steps, state = _steps(checkpoints), None
    faults: list[str] = []
    while steps and state is None:
        try:
            state = _read_with_best(checkpoints, steps[-1])
        except Damaged as error:
            faults.append(f"the checkpoint of step {steps.pop()} cannot be used: {error}")
    if state is not None:
        _require_same(folder_of(checkpoints, state.step), state, fingerprints)
    for step in _steps(checkpoints)[len(steps) :]:
        remove_folder(folder_of(checkpoints, step))
    for fault in faults:
        warn(f"{fault}; training goes on from {f'step {state.step}' if state else 'the beginning'}")
    return state


def _read_with_best(checkpoints: Path, step: int) -> State:
    """The state of a checkpoint; the best one that it speaks of must be sound too. Raises Damaged."""
    state = read(folder_of(checkpoints, step))
    if state.best_step not in (None, step):
        read(folder_of(checkpoints, state.best_step))
    return state


def read(folder: Path) -> State:
    """The state of a checkpoint. Raises Damaged with the name of the file that is missing or not as it was written."""
    try:
        written = json.loads((folder / STATE).read_bytes())
        state, files, seal = written["state"], written["files"], written["seal"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise Damaged(f"{folder / STATE} cannot be read ({error!r})") from error
    if seal != digest_value({"state": state, "files": files}):
        raise Damaged(f"{folder / STATE} has changed since it was written")
    for name, digest in files.items():
        if not (folder / name).is_file():
            raise Damaged(f"{folder / name} is missing")
        if digest_file(folder / name) != digest:
            raise Damaged(f"{folder / name} has changed since it was written")
    try:
        return state_of(state)
    except (LookupError, TypeError) as error:
        raise Damaged(f"{folder / STATE} was written by another version of this program ({error!r})") from error


def _require_same(folder: Path, state: State, fingerprints: Mapping[str, str]) -> None:
    for name, digest in fingerprints.items():
        if state.fingerprints.get(name) != digest:
            raise NyayError(
                f"{folder}: was made with another {name} (digest {state.fingerprints.get(name)!r}, now {digest!r}); "
                "start a new run, or put the old one back"
            )


def load(checkpoints: Path, state: State, model: Any, optimizer: Any) -> None:
    """Put the adapter and the optimizer's moments of a checkpoint in place."""
    folder = folder_of(checkpoints, state.step)
    model.load_weights(str(folder / ADAPTER), strict=False)
    moments: Any = mx.load(str(folder / MOMENTS))
    optimizer.state = tree_unflatten(list(moments.items()))
    # Now, since MLX reads a file only when it must, and this one will be removed.
    mx.eval(model.trainable_parameters(), optimizer.state)


def _steps(checkpoints: Path) -> list[int]:
    """Steps of the checkpoints, oldest first."""
    return sorted(int(found[1]) for path in checkpoints.glob("step-*") if (found := NAME.fullmatch(path.name)))


def _prune(checkpoints: Path, state: State) -> None:
    kept = {*_steps(checkpoints)[-KEEP_NEWEST:], state.best_step}
    for step in _steps(checkpoints):
        if step not in kept:
            remove_folder(folder_of(checkpoints, step))
