"""Names from parameters and data stay names: none of them leads out of the folder that it is used in."""

import json
from pathlib import Path

import pydantic
import pytest

from nyay_lib.config import DataConfig, PathsConfig, PipelineConfig, RegistryConfig
from nyay_lib.data.records import Fault, parse
from nyay_lib.data.version import find_version
from nyay_lib.errors import ConfigError, DataError, ExportError
from nyay_lib.export.safetensors_reader import INDEX, open_weights
from nyay_lib.runs import RunDir

OUTSIDE = [
    "..",
    "../other",
    "/etc",
    "a/b",
    "a/../../b",
    ".hidden",
    "",
    "a\n",
    "a\0b",
    "~",
    "A",
    "é",
    "a" * 64,
    "-a",
    "%2e",
]


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_run_id_is_a_plain_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not a name"):
        RunDir.at(tmp_path, name)


@pytest.mark.parametrize("name", [*(name for name in OUTSIDE if name != "a" * 64), "a" * 65, "nyay:latest", 'a"""b'])
def test_a_name_in_ollama_is_a_plain_name(name: str) -> None:
    with pytest.raises(pydantic.ValidationError, match="name"):
        RegistryConfig(name=name)


@pytest.mark.parametrize("name", [name for name in OUTSIDE if name not in ("a" * 64,)])
def test_a_version_is_a_digest(name: str, tmp_path: Path) -> None:
    config = PipelineConfig(data=DataConfig(versions=tmp_path / "versions"), paths=PathsConfig(runs=tmp_path))
    with pytest.raises(DataError, match="is no version"):
        find_version(config, name)


@pytest.mark.parametrize("cnr", ["../../../../etc/x", "HCBM03021266202\n", "HCBM0302126620é5", "{{ payload }}"])
def test_a_cnr_is_a_cnr(cnr: str) -> None:
    row = {"instruction": "a", "output": "b", "metadata": {"cnr": cnr, "task_type": "summarization"}}
    found = parse("rows.jsonl:1", json.dumps(row).encode())
    assert isinstance(found, Fault) and found.reason == "bad_cnr"


@pytest.mark.parametrize("shard", ["../model.safetensors", "/etc/passwd", "sub/model.safetensors"])
def test_an_index_names_files_of_its_own_folder(shard: str, tmp_path: Path) -> None:
    (tmp_path / INDEX).write_text(json.dumps({"weight_map": {"a": shard}}))
    with pytest.raises(ExportError, match="which is not a file name in its folder"):
        open_weights(tmp_path)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("http://nyay:secret@ollama:1", "http://ollama:1"),
        ("nyay:secret@ollama", "ollama"),
        ("http://ollama/a@b", "http://ollama/a@b"),
    ],
)
def test_a_password_in_an_address_is_not_kept(given: str, kept: str) -> None:
    assert RegistryConfig(host=given).host == kept
