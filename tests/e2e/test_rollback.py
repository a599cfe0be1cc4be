"""The deployment that rolls back, applied by `nyay up`, and what the command line says of it."""

from pathlib import Path

import pytest

from nyay_lib.base_model.tiny import make_tiny
from nyay_lib.config import PipelineConfig, RegistryConfig
from nyay_lib.evaluation.verdict import Outcome
from nyay_lib.export.gguf import write_gguf
from nyay_lib.prompt import LLAMA3
from nyay_lib.registry.release import release
from tests.e2e.workspace import Workspace, flow_run_of
from tests.nyay_lib.registry.made import make_run, make_verdict

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_the_deployment_puts_the_release_before_back(project: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    put_two(project.folder, monkeypatch)
    with project.up():
        command = ("deployment", "run", "rollback-nyay/local", "--param", "reason=invents sections", "--watch")
        done = project.prefect(*command)
        assert done.returncode == 0, done.stdout
        page = project.markdown(flow_run_of(done.stdout), "rollback")
    assert "| in production again | first |" in page and "| reason | invents sections |" in page
    listed = project.nyay("models")
    assert listed.returncode == 0 and "first   in production" in listed.stdout and "rolled back" in listed.stdout
    assert project.nyay("models", "verify").returncode == 0


def put_two(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two releases in the project's own folders, without Ollama."""
    monkeypatch.chdir(folder)
    config = PipelineConfig(registry=RegistryConfig(register_model="never"))
    for seed, run_id in enumerate(("first", "second")):
        make_tiny(folder / run_id, seed=seed)
        gguf = write_gguf(folder / run_id, folder / f"{run_id}.gguf", name=run_id).path
        run, made = make_run(config, run_id, gguf)
        release(config, run, made, make_verdict(Outcome.PASS), LLAMA3, "mit", lambda done, total: None)
