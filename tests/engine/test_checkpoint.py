"""Checkpoints that time, disks and other runs have got at: what is wrong is named, and what is sound is used."""

import json
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import mlx.core as mx
import pytest
from filelock import FileLock

from nyay_lib.engine import checkpoint
from nyay_lib.engine.checkpoint import newest, save, sole_trainer, writing
from nyay_lib.engine.state import State
from nyay_lib.errors import NyayError
from tests.engine.trends import trend_of

FINGERPRINTS = {"base model": "b", "data set": "d", "configuration": "c"}
WEIGHTS = {"layer.lora_a": mx.arange(4096, dtype=mx.float32)}
OPTIMIZER = SimpleNamespace(state={"step": mx.array(3), "layer.lora_a": {"m": mx.zeros(4096), "v": mx.ones(4096)}})
STATE = State(step=0, fingerprints=FINGERPRINTS, trend=trend_of([2.5, 2.25]), seen=(1, 0, 1), tokens=70)


@pytest.fixture
def checkpoints(tmp_path: Path) -> Path:
    """Checkpoints of steps 4 and 8."""
    for step in (4, 8):
        save(tmp_path, replace(STATE, step=step), WEIGHTS, OPTIMIZER)
    return tmp_path


def found(checkpoints: Path) -> tuple[State | None, list[str]]:
    warnings: list[str] = []
    return newest(checkpoints, FINGERPRINTS, warnings.append), warnings


def test_a_state_comes_back_as_it_was(checkpoints: Path) -> None:
    assert found(checkpoints) == (replace(STATE, step=8), [])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


@pytest.mark.parametrize("name", ["adapters.safetensors", "optimizer.safetensors", "state.json"])
@pytest.mark.parametrize("damage", [flip, cut, Path.unlink])
def test_a_damaged_file_is_named_and_the_checkpoint_before_is_used(
    checkpoints: Path, name: str, damage: Callable[[Path], None]
) -> None:
    damage(checkpoints / "step-00000008" / name)
    state, warnings = found(checkpoints)
    assert state == replace(STATE, step=4)
    assert len(warnings) == 1 and str(checkpoints / "step-00000008" / name) in warnings[0]
    assert "the checkpoint of step 8 cannot be used" in warnings[0] and "goes on from step 4" in warnings[0]
    assert [path.name for path in checkpoints.iterdir()] == ["step-00000004"]


def test_with_nothing_sound_left_training_begins_again_and_says_so(checkpoints: Path) -> None:
    for step in (4, 8):
        cut(checkpoints / f"step-0000000{step}" / "adapters.safetensors")
    state, warnings = found(checkpoints)
    assert state is None and len(warnings) == 2
    assert all("goes on from the beginning" in warning for warning in warnings)


def test_a_checkpoint_whose_best_one_is_damaged_is_not_used(checkpoints: Path) -> None:
    save(checkpoints, replace(STATE, step=12, best_step=8, best_loss=1.5), WEIGHTS, OPTIMIZER)
    flip(checkpoints / "step-00000008" / "adapters.safetensors")
    state, warnings = found(checkpoints)
    assert state is None and "step-00000008/adapters.safetensors has changed" in warnings[0]


def test_a_state_of_another_version_is_not_used(checkpoints: Path) -> None:
    path = checkpoints / "step-00000008" / "state.json"
    written = json.loads(path.read_text())
    state = written["state"] | {"mood": "good"}
    path.write_text(json.dumps(checkpoint.sealed({"state": state, "files": written["files"]})))
    assert "written by another version" in found(checkpoints)[1][0]


@pytest.mark.parametrize("name", FINGERPRINTS)
def test_a_checkpoint_of_another_kind_is_refused_with_what_to_do_and_stays(checkpoints: Path, name: str) -> None:
    refusal = rf"step-00000008: was made with another {name} \(digest '\w', now 'e'\); start a new run, or put the old"
    with pytest.raises(NyayError, match=refusal):
        newest(checkpoints, FINGERPRINTS | {name: "e"}, print)
    assert found(checkpoints) == (replace(STATE, step=8), [])


@contextmanager
def largest_file(size: int) -> Iterator[Callable[[int], None]]:
    """The disk takes no file of more bytes than ``size``, or what the function is told later."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(size: int) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))

    limit(size)
    try:
        yield limit
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("size", [0, 4096, 20_000])
def test_a_disk_that_takes_no_more_is_told_and_the_older_checkpoints_stay(checkpoints: Path, size: int) -> None:
    full = (
        r"step-00000012: cannot be written \(.*\): it needs 1.1 MB, [\d.,]+ MB are free; make room and start the same"
    )
    with largest_file(size), pytest.raises(NyayError, match=full):
        save(checkpoints, replace(STATE, step=12), WEIGHTS, OPTIMIZER)
    assert sorted(path.name for path in checkpoints.iterdir()) == ["step-00000004", "step-00000008"]
    assert found(checkpoints) == (replace(STATE, step=8), [])


def test_a_disk_without_room_is_not_written_to(tmp_path: Path) -> None:
    too_much = {"adapters.safetensors": {"weights": mx.zeros((1 << 30, 1 << 10))}}
    full = r"the disk is full\): it needs 4,398,047.6 MB"
    with pytest.raises(NyayError, match=full), writing(tmp_path / "new", too_much):
        pass
    assert list(tmp_path.iterdir()) == []


def test_one_process_trains_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "LOCK_SECONDS", 0.1)
    refused = pytest.raises(NyayError, match="another process trains in this run")
    with FileLock(tmp_path / "checkpoints.lock"), refused, sole_trainer(tmp_path / "checkpoints"):
        pass
