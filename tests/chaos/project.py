"""The project that everything happens to: on a file system of its own, put back before each cell, and compared."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors.numpy import load_file

from nyay_lib.config import PipelineConfig, load_config

ROOT = Path(__file__).parents[2]
BASE_NAME = "court/tiny"
LARGE = "4g"
# What two runs may differ in: when, how fast, with how much memory, after how many attempts.
VOLATILE = (
    *("seconds", "memory", "peak", "tokens_per_second", "time", "started", "created", "reused", "attempts", "warnings"),
    *("free", "ends", "load", "measured_at", "speed", "interval", "before", "most", "costs", "rungs", "others"),
    # In a file of tensors their order may be another.
    *("seal", "optimizer.safetensors"),
    # Speed is measured, and told as a figure and in words.
    *("tokens a second", "to the first token", "measured"),
)
# Logs, and what tells of attempts and of the machine.
TOLD = (
    "engine.log",
    "events.jsonl",
    "attempts.json",
    "disk.json",
    "metrics.jsonl",
    "canaries.jsonl",
    ".lock",
    ".maker",
    "journal.jsonl",
    "README.md",
)
TOLD_FOLDERS = {"plan", "results", "windows", "ask"}


@dataclass(frozen=True, slots=True)
class Project:
    """A folder that may be a mount of its own, in which disks can fill up and folders be read-only."""

    folder: Path
    mounted: bool

    @classmethod
    def make(cls, folder: Path) -> "Project":
        folder.mkdir(parents=True)
        done = _mount("-t", "tmpfs", "-o", f"size={LARGE}", "tmpfs", str(folder))
        return cls(folder, done)

    def remove(self) -> None:
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.folder)], check=False)

    def fill(self, source: Path) -> None:
        """Put the project into the state of ``source``."""
        for path in self.folder.iterdir():
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        shutil.copytree(source, self.folder, symlinks=True, dirs_exist_ok=True)

    def keep(self, target: Path) -> None:
        """Keep the state of the project in ``target``."""
        shutil.copytree(self.folder, target, symlinks=True)

    def without(self, globs: Sequence[str]) -> None:
        """Remove what matches."""
        for pattern in globs:
            for path in self.folder.glob(pattern):
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    @contextmanager
    def full(self) -> Iterator[None]:
        """Nothing more fits."""
        # A child writes on meanwhile, and no disk is made smaller than what is on it.
        assert any(_mount("-o", f"remount,size={self._used()}", str(self.folder)) for _ in range(50))
        try:
            yield
        finally:
            assert _mount("-o", f"remount,size={LARGE}", str(self.folder))

    def _used(self) -> int:
        stat = os.statvfs(self.folder)
        return (stat.f_blocks - stat.f_bfree) * stat.f_frsize

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Nothing may be written: a second mount over the first, since that one has files open."""
        assert _mount("--bind", str(self.folder), str(self.folder))
        try:
            assert _mount("-o", "remount,ro,bind", str(self.folder))
            yield
        finally:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)

    def config(self, ollama: str) -> PipelineConfig:
        """The tiny profile with everything inside, its base on the hub, and an Ollama that is required."""
        tiny = load_config(ROOT / "config/tiny.yaml").model_dump(mode="json", by_alias=True)
        here = self.folder
        more: dict[str, dict[str, Any]] = {
            "model": {"name": BASE_NAME},
            "checkpointing": {"output_dir": here / "models/nyay-ai-adapter"},
            "data": {"train": here / "data/train.jsonl", "validation": here / "data/val.jsonl"}
            | {name: here / "data" / name for name in ("incoming", "versions", "decisions")},
            "evaluation": {"samples": 4, "max_tokens": 12, "stop_hopeless": False}
            | {"results": here / "evaluation/results", "test_cases": here / "evaluation/test_cases.json"},
            "registry": {"register": "required", "host": ollama},
            "paths": {name: here / name for name in ("runs", "cache", "models")},
        }
        return PipelineConfig.model_validate({name: tiny[name] | more.get(name, {}) for name in tiny})


def _mount(*arguments: str) -> bool:
    with suppress(OSError):
        return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0
    return False


# --- comparing ------------------------------------------------------------------------------------------------------


def differences(found: Path, wanted: Path, *, may_miss: bool) -> list[str]:
    """Files of ``wanted`` that are other ones in ``found``; with ``may_miss`` they need not be there."""
    return [
        f"{path.relative_to(wanted)} {fault}"
        for path in sorted(wanted.rglob("*"))
        if (path.is_symlink() or path.is_file()) and not _is_told(path.relative_to(wanted))
        if (fault := _fault(found / path.relative_to(wanted), path, may_miss=may_miss))
    ]


def leftovers(folder: Path) -> list[str]:
    """What is half written and has nobody who writes on."""
    return [path.name for path in folder.rglob(".*") if path.name.endswith((".partial", ".old", ".arriving"))]


def _is_told(path: Path) -> bool:
    return path.name.endswith(TOLD) or bool(TOLD_FOLDERS & set(path.parts)) or "calibration" in str(path)


def _fault(found: Path, wanted: Path, *, may_miss: bool) -> str:
    if not found.is_symlink() and not found.exists():
        return "" if may_miss else "is missing"
    if wanted.is_symlink():
        return "" if found.readlink() == wanted.readlink() else f"leads to {found.readlink()}"
    if found.read_bytes() == wanted.read_bytes():
        return ""
    if wanted.suffix == ".safetensors":
        return "" if _tensors(found) == _tensors(wanted) else "holds other numbers"
    try:
        pair = [[_still(json.loads(line)) for line in _values(path)] for path in (found, wanted)]
        for value in (*pair[0], *pair[1]) if wanted.name == "manifest.json" or "register" in wanted.parts else ():
            # The verdict is in it, with its speeds; and in words, what was mended on the way.
            for key in ("inputs", "reason"):
                value.pop(key, None)
    except ValueError:
        return "differs"
    return "" if pair[0] == pair[1] else f"differs: {_first_difference(*pair)}"


def _tensors(path: Path) -> dict[str, bytes]:
    return {name: tensor.tobytes() for name, tensor in load_file(path).items()}


def _values(path: Path) -> list[str]:
    text = path.read_text()
    if path.suffix == ".jsonl":
        return sorted(text.splitlines())
    if path.suffix == ".json":
        return [text]
    raise ValueError(path)


def _still(value: Any) -> Any:
    """Without what may differ."""
    match value:
        case dict():
            kept = {str(key): each for key, each in value.items() if not str(key).endswith(VOLATILE)}  # pyright: ignore
            return {key: _still(each) for key, each in kept.items()}
        case list():
            return [_still(each) for each in value]  # pyright: ignore
        case _:
            return value


def _first_difference(one: Any, other: Any, place: str = "") -> str:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() | other.keys():  # pyright: ignore
            if one.get(key) != other.get(key):  # pyright: ignore
                return _first_difference(one.get(key), other.get(key), f"{place}.{key}")  # pyright: ignore
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):  # pyright: ignore
        for number, (left, right) in enumerate(zip(one, other, strict=True)):  # pyright: ignore
            if left != right:
                return _first_difference(left, right, f"{place}[{number}]")
    return f"{place}: {str(one)[:60]!r}, not {str(other)[:60]!r}"
