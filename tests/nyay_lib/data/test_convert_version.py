"""Conversion of a version: the rows of the files, what arrived beside them, and a run that keeps its version."""

from pathlib import Path

import pytest

from data.sample.generate import generate
from nyay_lib.base_model.prepared import BaseModel
from nyay_lib.base_model.tiny import make_tiny
from nyay_lib.config import PipelineConfig
from nyay_lib.data import arrivals
from nyay_lib.data.dataset import convert, version_of
from nyay_lib.data.versions import build_version
from nyay_lib.runs import RunDir
from tests.nyay_lib.data.test_versions import configured, new, write


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> BaseModel:
    folder = tmp_path_factory.mktemp("tiny") / "model"
    make_tiny(folder)
    about = {"name": "embedded:tiny-random", "revision": None, "licence": "mit", "digest": "d", "bits": 8}
    return BaseModel.model_validate(
        about | {"inputs": "i", "source": folder, "folder": folder, "parameters": 1, "bytes": 1}
    )


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PipelineConfig:
    monkeypatch.setattr(arrivals, "QUIET_SECONDS", 0.05)
    generate(tmp_path, rows=120, seed=9, mean_words=300, faults="all", fault_share=0.35)
    return configured(tmp_path)


def test_a_version_of_the_files_alone_converts_to_the_same_rows(config: PipelineConfig, base: BaseModel) -> None:
    plain = convert(config, base)
    version = build_version(config)
    found = convert(config, base)
    assert (plain.version, found.version, found.digest) == (None, version.digest, plain.digest)
    # A row that is both too long and to be quarantined counts as the latter: a version knows no limit of tokens.
    kept_out = [sum((s.rejected | s.quarantined).values()) for s in (found.train, plain.train)]
    assert kept_out[0] == kept_out[1]
    assert (found.leaks, found.validation.leaking) == (plain.leaks, plain.validation.leaking)


def test_a_run_that_goes_on_keeps_its_version(config: PipelineConfig, base: BaseModel, tmp_path: Path) -> None:
    build_version(config)
    run = RunDir(tmp_path / "runs" / "r1")
    first = convert(config, base, version_of(run)).save(run.result("convert"))
    config.data.incoming.mkdir()
    write(config.data.incoming / "a.jsonl", [new(0)])
    assert convert(config, base, version_of(run)).digest == first.digest
    assert convert(config, base).train.rows == first.train.rows + 1
