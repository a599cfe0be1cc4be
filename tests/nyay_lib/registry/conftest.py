"""A fake Ollama, a real one where NYAY_OLLAMA names its program, tiny models, and runs that are ready for release."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nyay_lib.base_model.tiny import make_tiny
from nyay_lib.config import CheckpointingConfig, PathsConfig, PipelineConfig, RegistryConfig
from nyay_lib.evaluation.verdict import Outcome, Row, Verdict
from nyay_lib.export.gguf import write_gguf
from nyay_lib.export.model_files import Gguf
from nyay_lib.files import digest_file
from nyay_lib.registry import client
from nyay_lib.registry.address import version
from nyay_lib.runs import RunDir
from tests.nyay_lib.registry.ollama_server import OllamaServer

START_SECONDS = 30.0


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OllamaServer]:
    """A fake Ollama that has no models yet; waiting takes no time."""
    monkeypatch.setattr(client, "WAIT_SECONDS", (0.0, 0.0, 0.0))
    monkeypatch.delenv("OLLAMA_HOST", raising=False)
    with OllamaServer() as fake:
        yield fake


@pytest.fixture(scope="session")
def nobody() -> str:
    """An address at which nothing answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture(scope="session")
def real_ollama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Ollama of our own, ended with the session."""
    program = os.environ.get("NYAY_OLLAMA")
    if not program:
        pytest.skip("NYAY_OLLAMA does not name the program of an Ollama server")
    home = tmp_path_factory.mktemp("ollama")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    settings = {"HOME": str(home), "OLLAMA_HOST": place, "OLLAMA_MODELS": str(home / "models")}
    with (home / "serve.log").open("wb") as log:
        process = subprocess.Popen([program, "serve"], env=os.environ | settings, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + START_SECONDS
        while version(f"http://{place}") is None:
            assert process.poll() is None and time.monotonic() < deadline, (home / "serve.log").read_text()
            time.sleep(0.1)
        yield f"http://{place}"
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="session")
def tiny_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two GGUF files of a tiny random Llama that differ in their digest alone."""
    folder = tmp_path_factory.mktemp("tiny")
    make_tiny(folder / "model")
    return [write_gguf(folder / "model", folder / f"{n}.gguf", name=f"Tiny {n}").path for n in ("one", "two")]


@pytest.fixture(scope="session")
def described() -> Callable[[Path], Gguf]:
    """A GGUF file as the export step hands it on."""

    def describe(path: Path) -> Gguf:
        return Gguf(
            inputs="test",
            path=path,
            sha256=digest_file(path),
            bytes=path.stat().st_size,
            quantization="f16",
            f16=path,
            f16_bytes=path.stat().st_size,
            question="?",
            answer="!",
            tokens_per_second=1.0,
            first_token_seconds=1.0,
        )

    return describe


@pytest.fixture
def gguf(tiny_files: list[Path], described: Callable[[Path], Gguf]) -> Gguf:
    return described(tiny_files[0])


@pytest.fixture
def config(tmp_path: Path, server: OllamaServer) -> PipelineConfig:
    """A configuration whose every path is below a temporary folder, and whose Ollama is the fake one."""
    return PipelineConfig(
        checkpointing=CheckpointingConfig(output_dir=tmp_path / "models" / "nyay-ai-adapter"),
        registry=RegistryConfig(host=server.address, num_ctx=1024),
        paths=PathsConfig(runs=tmp_path / "runs", cache=tmp_path / "cache", models=tmp_path / "models"),
    )


@pytest.fixture
def make_run(
    config: PipelineConfig, tiny_files: list[Path], described: Callable[[Path], Gguf]
) -> Callable[[str], tuple[RunDir, Gguf]]:
    """A run with all that is released: adapter, merged model, GGUF. The run "first" has another GGUF than the rest."""

    def make(run_id: str) -> tuple[RunDir, Gguf]:
        run = RunDir.at(config.paths.runs, run_id)
        for folder, name in ((run.adapter, "adapters.safetensors"), (run.merged, "config.json")):
            folder.mkdir(parents=True)
            (folder / name).write_text(run_id)
        run.gguf.mkdir()
        path = run.gguf / "model-f16.gguf"
        path.write_bytes(tiny_files[run_id != "first"].read_bytes())
        return run, described(path)

    return make


def make_verdict(outcome: Outcome) -> Verdict:
    row = Row(name="loss", target="< 1", measured="2", outcome=outcome, required=True, reason="2 is not below 1")
    return Verdict(inputs="test", rows=[row])


@pytest.fixture
def passed() -> Verdict:
    return make_verdict(Outcome.PASS)


@pytest.fixture
def missed() -> Verdict:
    return make_verdict(Outcome.MISSED)
