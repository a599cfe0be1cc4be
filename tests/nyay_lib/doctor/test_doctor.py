"""Each thing broken in turn: it is named, and so is what mends it."""

import importlib.metadata
import os
import platform
import shutil
import socket
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from nyay_lib.config import PipelineConfig
from nyay_lib.doctor.engines import engine_findings
from nyay_lib.doctor.finding import Finding
from nyay_lib.doctor.installation import installation_findings
from nyay_lib.doctor.ports import serving_port
from nyay_lib.doctor.run_needs import run_findings
from nyay_lib.machine import GIB
from nyay_lib.reports.doctor import doctor_json, doctor_lines
from tests.nyay_lib.base_model.hub_server import TOKEN, HubServer
from tests.nyay_lib.registry.ollama_server import OllamaServer

PROJECT = Path(__file__).resolve().parents[3]
GATED = "meta-llama/Llama-3.2-3B-Instruct"
MiB = 2**20


def named(findings: Iterable[Finding], name: str) -> Finding:
    return next(finding for finding in findings if finding.name == name)


def wrong(findings: Iterable[Finding]) -> dict[str, str]:
    """Names and states of what is not as it should be."""
    return {finding.name: finding.state for finding in findings if finding.state != "ok"}


def update(config: PipelineConfig, section: str, **values: object) -> PipelineConfig:
    return config.model_copy(update={section: getattr(config, section).model_copy(update=values)})


# --- the installation ---


def installed(monkeypatch: pytest.MonkeyPatch, **versions: str | None) -> None:
    """Packages have other versions than they have, or are missing."""
    real = importlib.metadata.version

    def version(name: str) -> str:
        found = versions.get(name, real(name))
        if found is None:
            raise importlib.metadata.PackageNotFoundError(name)
        return found

    monkeypatch.setattr(importlib.metadata, "version", version)


def test_nothing_is_wrong_with_the_environment_of_the_tests() -> None:
    assert wrong(installation_findings()) == {}


@pytest.mark.parametrize(
    ("versions", "name", "told"),
    [
        ({"prefect": "3.10.1"}, "Prefect", "prefect is 3.10.1, needed: <3.10,>=3.8.8"),
        ({"fastapi": "0.156.0"}, "Prefect", "fastapi is 0.156.0, needed: <0.151"),
        ({"mlx-lm": None}, "packages", "mlx-lm is not installed"),
        ({"nyay": "0.1.0", "gguf": "0.18.0"}, "packages", "gguf is 0.18.0, needed: ==0.19.0"),
    ],
)
def test_a_package_that_does_not_fit(
    versions: dict[str, str | None], name: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(monkeypatch, **versions)
    found = named(installation_findings(), name)
    assert (found.state, found.found) == ("broken", told) and "make install" in found.mend


@pytest.mark.parametrize(
    ("attribute", "value", "name", "mend"),
    [
        ("python_version", "3.10.4", "Python", "make install PYTHON=python3.12"),
        ("python_version", "3.14.0", "Python", "make install PYTHON=python3.12"),
        ("machine", "x86_64", "platform", "install Python for Apple Silicon"),
        ("mac_ver", ("13.6", ("", "", ""), "arm64"), "platform", "update macOS"),
        ("system", "Windows", "platform", "run nyay on such a machine"),
    ],
)
@pytest.mark.usefixtures("mac")
def test_a_python_or_platform_that_does_not_fit(
    attribute: str, value: object, name: str, mend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, attribute, lambda: value)
    found = named(installation_findings(), name)
    assert found.state == "broken" and "needed: " in found.found and mend in found.mend


@pytest.mark.usefixtures("mac")
def test_a_mac_without_its_command_line_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "xcrun").write_text("#!/bin/sh\nexit 72\n")
    (tmp_path / "xcrun").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = named(installation_findings(), "compiler")
    assert (found.state, found.mend) == ("broken", "xcode-select --install")


# --- the engines, in children that find other packages than ours ---


@pytest.fixture
def instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Puts a file before all others that Python finds."""

    def put(name: str, text: str) -> None:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)

    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(tmp_path), str(PROJECT))))
    return put


@pytest.mark.slow
def test_engines_that_work_on_a_cpu() -> None:
    findings = list(engine_findings())
    assert wrong(findings) == {} and [one.name for one in findings] == ["MLX device", "BLAS", "llama.cpp"]
    assert "CPU" in findings[0].found and "OpenBLAS" in findings[1].found


@pytest.mark.slow
@pytest.mark.usefixtures("mac")
def test_engines_without_metal_on_a_mac() -> None:
    findings = list(engine_findings())
    assert wrong(findings) == {"MLX device": "broken", "llama.cpp": "broken"}
    assert "needed: Metal" in findings[0].found and "not in a container" in findings[0].mend
    assert "built without Metal" in findings[1].found
    assert findings[1].mend.endswith("cache clean llama-cpp-python && make clean && make install")


@pytest.mark.slow
@pytest.mark.usefixtures("mac")
def test_a_llama_built_for_metal_is_what_a_mac_needs(instead: Callable[[str, str], None]) -> None:
    instead("llama_cpp.py", "__version__ = '0.3.36'\ndef llama_supports_gpu_offload(): return True\n")
    assert named(engine_findings(), "llama.cpp") == Finding(
        name="llama.cpp", state="ok", found="llama-cpp-python 0.3.36, GPU"
    )


@pytest.mark.slow
def test_engines_that_cannot_be_loaded_or_die(instead: Callable[[str, str], None]) -> None:
    instead("mlx/__init__.py", "raise ImportError('libmlx.so: cannot open shared object file')\n")
    instead("llama_cpp.py", "import os\nos.abort()\n")
    findings = list(engine_findings())
    assert wrong(findings) == {"MLX device": "broken", "llama.cpp": "broken"}
    assert "libmlx.so: cannot open" in findings[0].found and "SIGABRT" in findings[1].found
    assert all("make install" in finding.mend for finding in findings)


@pytest.mark.slow
@pytest.mark.skipif(platform.system() != "Linux", reason="a Mac has Accelerate")
def test_a_blas_that_is_slow(
    instead: Callable[[str, str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instead("scipy_openblas32/__init__.py", "")
    instead("scipy_openblas32-9.9.dist-info/METADATA", "Metadata-Version: 2.1\nName: scipy-openblas32\nVersion: 9.9\n")
    instead("libopenblas.so.0", "no library")
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    found = named(engine_findings(), "BLAS")
    assert found.state == "warning" and "20 times slower" in found.found and "make install" in found.mend


# --- what a run needs ---


def test_a_machine_that_can_do_the_run(config: PipelineConfig) -> None:
    findings = list(run_findings(config))
    assert wrong(findings) == {}
    assert [one.name for one in findings] == ["base model", "disk", "memory", "Ollama", "production paths"]


def test_too_little_memory_and_disk(config: PipelineConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = SimpleNamespace(total=32 * GIB, available=MiB)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=MiB))  # type: ignore[misc]
    findings = list(run_findings(config))
    assert wrong(findings) == {"disk": "broken", "memory": "broken"}
    assert "make room" in named(findings, "disk").mend and "close other programs" in named(findings, "memory").mend


def test_a_gated_model_without_login_and_without_the_licence(
    config: PipelineConfig, hub: HubServer, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add(GATED, tiny, gated=True)
    gated = update(config, "model", name=GATED)
    findings = list(run_findings(gated))
    # How large the model is, nobody may know yet.
    assert wrong(findings) == {"hub login": "warning", "base model": "broken", "memory": "warning", "disk": "warning"}
    assert named(findings, "hub login").mend == "hf auth login"
    assert f"accept its licence at {hub.address}/{GATED}" in named(findings, "base model").mend
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    findings = list(run_findings(gated))
    assert "hub login" not in wrong(findings) and "not been granted access" in named(findings, "base model").found
    assert "accept its licence" in named(findings, "base model").mend


def test_an_ollama_that_is_away_or_of_yesterday(config: PipelineConfig, ollama: OllamaServer) -> None:
    ollama.version = "0.3.14"
    old = named(run_findings(config), "Ollama")
    assert old.state == "broken" and "0.3.14 is too old" in old.found and "update" in old.mend
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        away = update(config, "registry", host=f"127.0.0.1:{held.getsockname()[1]}")
        gone = named(run_findings(away), "Ollama")
        spared = named(run_findings(update(away, "registry", register_model="if_available")), "Ollama")
    assert (gone.state, spared.state) == ("broken", "warning") and "ollama serve" in gone.mend


def test_a_port_that_another_program_has() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert named([serving_port(port)], f"port {port}").mend == f"nyay serve --port {port + 1}"
    assert serving_port(port).state == "ok"


def test_what_is_printed_has_the_mend_below_the_thing() -> None:
    findings = [
        Finding(name="Python", state="ok", found="3.12.4"),
        Finding(name="worker", state="broken", found="none is alive", mend="prefect worker start --pool nyay"),
    ]
    lines = [line.plain for line in doctor_lines(findings)]
    assert [" ".join(line.split()) for line in lines[:2]] == ["ok Python 3.12.4", "broken worker none is alive"]
    assert lines[2].strip() == "mend: prefect worker start --pool nyay" and lines[3] == "1 broken, no warnings"
    assert doctor_json(findings)["count"] == {"ok": 1, "warning": 0, "broken": 1}
