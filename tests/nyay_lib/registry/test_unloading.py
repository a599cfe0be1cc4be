"""Before training Ollama's models are put away, if they lie in this machine's memory, and nothing depends on it."""

import pytest

from nyay_lib.config import MemoryConfig, PipelineConfig
from nyay_lib.registry import unloading
from nyay_lib.registry.unloading import unload_models
from tests.nyay_lib.registry.ollama_server import Model, OllamaServer


@pytest.fixture(autouse=True)
def two_models(server: OllamaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """One model is loaded, the other is not."""
    monkeypatch.setattr(unloading, "FREE_SECONDS", 0.0)
    server.models = {tag: Model(tag, "", "", {}, "") for tag in ("llama3.2:3b", "nyay-ai:latest")}
    server.loaded = {"llama3.2:3b"}


def test_what_is_loaded_is_unloaded_and_named(config: PipelineConfig, server: OllamaServer) -> None:
    assert unload_models(config) == "unloaded from Ollama before training: llama3.2:3b (1.0 GiB)"
    assert server.loaded == set() and server.asked("/api/generate") == 1


def test_nothing_loaded_is_nothing_said(config: PipelineConfig, server: OllamaServer) -> None:
    server.loaded.clear()
    assert unload_models(config) == ""


def test_the_configuration_may_forbid_it(config: PipelineConfig, server: OllamaServer) -> None:
    kept = config.model_copy(update={"memory": MemoryConfig(unload_ollama=False)})
    assert unload_models(kept) == "" and server.requests == []


@pytest.mark.parametrize("host", ["http://ollama.invalid:11434", "127.0.0.1:1"])
def test_an_ollama_elsewhere_or_none_is_left_alone(config: PipelineConfig, server: OllamaServer, host: str) -> None:
    registry = config.registry.model_copy(update={"host": host})
    assert unload_models(config.model_copy(update={"registry": registry})) == "" and server.requests == []


def test_a_model_that_stays_is_named(config: PipelineConfig, server: OllamaServer) -> None:
    server.faults.stays_loaded = True
    assert unload_models(config).endswith("; still loaded: llama3.2:3b")


def test_an_ollama_that_breaks_off_stops_nothing(config: PipelineConfig, server: OllamaServer) -> None:
    server.faults.drops["/api/generate"] = 9
    assert unload_models(config).startswith("Ollama's models could not be unloaded before training: Ollama at http://")
