"""Room for the checkpoints is looked for before training, not after its first hour."""

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from nyay_lib.config import PathsConfig, PipelineConfig
from nyay_lib.disk import require_room_to_train
from nyay_lib.errors import PreflightError
from nyay_lib.runs import RunDir

LLAMA_3B = 3_212_749_824


def test_checkpoints_without_room_are_refused_by_name_and_those_that_are_there_need_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, run = PipelineConfig(paths=PathsConfig(runs=tmp_path)), RunDir.at(tmp_path, "long")
    require_room_to_train(config, run, LLAMA_3B)
    usage = namedtuple("usage", "total used free")(2**40, 2**40, 100 * 10**6)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(PreflightError, match=r"long: 100 MB are free, .* take up to [\d,]+ MB: .* run_id 'long' again"):
        require_room_to_train(config, run, LLAMA_3B)
    run.checkpoints.mkdir(parents=True)
    with (run.checkpoints / "sparse").open("wb") as file:
        file.truncate(10**9)
    require_room_to_train(config, run, LLAMA_3B)
