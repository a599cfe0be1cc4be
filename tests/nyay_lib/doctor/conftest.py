"""A machine on which nothing is broken, and a hub on loopback."""

import platform
from collections.abc import Iterator
from pathlib import Path

import pytest

from nyay_lib.base_model.tiny import NAME
from nyay_lib.config import CheckpointingConfig, ModelConfig, PathsConfig, PipelineConfig, RegistryConfig
from tests.nyay_lib.base_model.conftest import hub as hub
from tests.nyay_lib.base_model.conftest import tiny as tiny
from tests.nyay_lib.registry.ollama_server import OllamaServer


@pytest.fixture
def ollama() -> Iterator[OllamaServer]:
    with OllamaServer() as fake:
        yield fake


@pytest.fixture
def config(tmp_path: Path, ollama: OllamaServer, monkeypatch: pytest.MonkeyPatch) -> PipelineConfig:
    """A run of the tiny model that lacks nothing."""
    monkeypatch.setenv("OLLAMA_MODELS", str(tmp_path / "ollama"))
    return PipelineConfig(
        model=ModelConfig(name=NAME),
        checkpointing=CheckpointingConfig(output_dir=tmp_path / "models" / "nyay-ai-adapter"),
        registry=RegistryConfig(host=ollama.address),
        paths=PathsConfig(runs=tmp_path / "runs", cache=tmp_path / "cache", models=tmp_path / "models"),
    )


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine says that it is a Mac of today."""
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    monkeypatch.setattr(platform, "mac_ver", lambda: ("15.1", ("", "", ""), "arm64"))
