"""The project itself: its lock, its deployments, its links."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from prefect.utilities.callables import parameter_schema
from prefect.utilities.schema_tools import validate

from flows.deployment import read_config
from flows.train_nyay import train_nyay
from nyay_lib.config import PipelineConfig

PROJECT = Path(__file__).parents[1]
DOCS = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *sorted((PROJECT / "docs").glob("*.md"))]


def test_the_lock_names_hashes_and_no_address() -> None:
    lock = (PROJECT / "requirements.lock").read_text()
    assert "://" not in lock
    pinned = re.findall(r"^[a-z0-9][\w.\[\]-]*==", lock, re.MULTILINE)
    assert len(pinned) > 100
    assert lock.count("--hash=sha256:") > len(pinned)


@pytest.mark.slow
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_the_lock_resolves_for_apple_silicon(python: str, tmp_path: Path) -> None:
    uv = shutil.which("uv") or str(PROJECT / ".tools" / "bin" / "uv")
    command = [uv, "pip", "install", "--dry-run", "--require-hashes", "--target", str(tmp_path)]
    platform = ["--python-platform", "aarch64-apple-darwin", "--python-version", python]
    done = subprocess.run(
        [*command, *platform, "-r", str(PROJECT / "requirements.lock")],
        env=os.environ | {"MACOSX_DEPLOYMENT_TARGET": "14.0"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "mlx-metal==" in done.stderr
    assert "mlx-cpu" not in done.stderr


def test_the_deployments_parameters_are_the_configuration_files() -> None:
    described = yaml.safe_load((PROJECT / "prefect.yaml").read_text())
    files = {
        step["flows.deployment.read_config"]["id"]: step["flows.deployment.read_config"]["path"]
        for step in described["build"]
        if "flows.deployment.read_config" in step
    }
    configured = [deployment for deployment in described["deployments"] if "parameters" in deployment]
    assert [deployment["name"] for deployment in configured][:2] == ["demo", "local"]
    for deployment in configured:
        name = re.fullmatch(r"\{\{ (\w+)\.config \}\}", deployment["parameters"]["config"])
        assert name is not None
        PipelineConfig.model_validate(read_config(str(PROJECT / files[name[1]]))["config"])


@pytest.mark.parametrize("path", sorted((PROJECT / "config").glob("*.yaml")), ids=lambda path: path.name)
def test_the_server_takes_a_configuration_as_a_parameter(path: Path) -> None:
    # It drops "required" from a schema at any depth: a key of that name would be unknown to it.
    schema = parameter_schema(train_nyay).model_dump_for_openapi()
    validate(read_config(str(path)), schema, raise_on_error=True, ignore_required=True)


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_links_in_the_docs_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
    missing = [link for link in links if not (page.parent / link).exists()]
    assert missing == []


def test_each_dependency_says_why() -> None:
    text = (PROJECT / "pyproject.toml").read_text()
    block = text[text.index("dependencies = [") : text.index("[project.optional-dependencies]")]
    lines = [line for line in block.splitlines() if line.strip().startswith('"')]
    assert [line for line in lines if "#" not in line] == []
