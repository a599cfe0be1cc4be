"""The base's file, where two runs want it at once."""

import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nyay_lib.base_model.prepared import BaseModel
from nyay_lib.config import PathsConfig, PipelineConfig
from nyay_lib.export import base_file as module
from nyay_lib.export.base_file import base_file
from nyay_lib.export.model_files import BaseFile
from nyay_lib.files import write_text
from nyay_lib.jobs import Event, Progress, finish
from tests.nyay_lib.made import base_of


def test_of_two_runs_that_want_the_bases_file_one_waits_and_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, both = list[Path](), threading.Barrier(2)

    def slow(base: BaseModel, folder: Path, job_folder: Path) -> Generator[Event, None, Path]:
        begun.append(job_folder)
        yield Progress(done=0, total=1, what="F16 file")
        time.sleep(0.5)
        write_text(folder / "f16.gguf", "weights")
        return folder / "f16.gguf"

    def one(job: str) -> BaseFile:
        both.wait()
        return finish(base_file(config, base_of(tmp_path), "f16", tmp_path / job))

    monkeypatch.setattr(module, "_written", slow)
    config = PipelineConfig(paths=PathsConfig(cache=tmp_path / "cache"))
    with ThreadPoolExecutor() as pool:
        first, second = pool.map(one, ("first", "second"))
    assert len(begun) == 1 and first.path.read_text() == "weights" and first.sha256 == second.sha256
