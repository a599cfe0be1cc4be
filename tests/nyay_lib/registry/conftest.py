"""A fake Ollama, a real one where NYAY_OLLAMA names its program, tiny models, and runs that are ready for release."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nyay_lib.base_model.tiny import make_tiny
from nyay_lib.config import PipelineConfig
from nyay_lib.evaluation.verdict import Outcome, Verdict
from nyay_lib.export.gguf import write_gguf
from nyay_lib.export.model_files import Gguf
from nyay_lib.registry import address
from nyay_lib.registry.address import version
from nyay_lib.runs import RunDir
from tests.nyay_lib.registry import made
from tests.nyay_lib.registry.ollama_server import OllamaServer

START_SECONDS = 30.0


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OllamaServer]:
    """A fake Ollama that has no models yet; waiting takes no time."""
    monkeypatch.setattr(address, "WAIT_SECONDS", (0.0, 0.0, 0.0))
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
def ollama_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the real Ollama; its ``serve.log`` holds each prompt as it was rendered."""
    return tmp_path_factory.mktemp("ollama")


@pytest.fixture(scope="session")
def real_ollama(ollama_home: Path) -> Iterator[str]:
    """The address of a real Ollama of our own, ended with the session."""
    program, home = os.environ.get("NYAY_OLLAMA"), ollama_home
    if not program:
        pytest.skip("NYAY_OLLAMA does not name the program of an Ollama server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    settings = {"HOME": str(home), "OLLAMA_HOST": place, "OLLAMA_MODELS": str(home / "models"), "OLLAMA_DEBUG": "2"}
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
    return made.describe


@pytest.fixture
def gguf(tiny_files: list[Path]) -> Gguf:
    return made.describe(tiny_files[0])


@pytest.fixture
def config(tmp_path: Path, server: OllamaServer) -> PipelineConfig:
    """A configuration whose every path is below a temporary folder, and whose Ollama is the fake one."""
    return made.configuration(tmp_path, server.address)


@pytest.fixture
def make_run(config: PipelineConfig, tiny_files: list[Path]) -> Callable[[str], tuple[RunDir, Gguf]]:
    """A run with all that is released. The run "first" has another GGUF than the rest."""
    return lambda run_id: made.make_run(config, run_id, tiny_files[run_id != "first"])


@pytest.fixture
def other_weights(tiny_files: list[Path], tmp_path: Path) -> Path:
    """A file whose last tensor is another."""
    path = tmp_path / "other.gguf"
    path.write_bytes(tiny_files[1].read_bytes()[:-4] + b"\0\0\0\0")
    return path


@pytest.fixture
def passed() -> Verdict:
    return made.make_verdict(Outcome.PASS)


@pytest.fixture
def missed() -> Verdict:
    return made.make_verdict(Outcome.MISSED)
