"""Bad input: one clear line that names the place, an exit code, and nothing half made."""

import json

import pytest

from nyay_lib.config import load_config
from tests.e2e.workspace import DEMO, Workspace, flow_run_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    ("config", "place", "fault"),
    [
        ({"training": {"batch_size": 0}}, "config.training.batch_size", "0 is less than or equal to the minimum of 0"),
        ({"training": {"epochs": "many"}}, "config.training.epochs", "'many' is not of type 'integer'"),
        ({"trainin": {}}, "config", "'trainin' was unexpected"),
    ],
)
def test_a_wrong_setting_is_refused_before_a_run_is_made(
    workspace: Workspace, config: dict[str, object], place: str, fault: str
) -> None:
    refused = run_demo(workspace, "refused", config)
    assert refused[0] != 0
    assert any(f"'{place}'" in line and fault in line for line in refused[1].splitlines()), refused[1]
    assert not workspace.run("refused").root.exists()


def test_a_missing_data_file_ends_the_run_before_anything_is_made(workspace: Workspace) -> None:
    code, output = run_demo(workspace, "no-data", tiny(workspace, train="data/nosuch.jsonl"))
    message = workspace.end_of(flow_run_of(output)).message or ""
    assert code != 0
    assert any("data/nosuch.jsonl: No such file" in line and "data.train" in line for line in message.splitlines())
    assert not workspace.run("no-data").root.exists()


def test_a_file_without_a_usable_row_is_named_with_its_first_fault(workspace: Workspace) -> None:
    broken = workspace.folder / "data/broken.jsonl"
    broken.write_text('{"instruction": "Summarise"\n')
    flow_run = workspace.start("broken-data", config=tiny(workspace, train="data/broken.jsonl"))
    message = workspace.end_of(flow_run).message or ""
    assert "data/broken.jsonl" in message and "broken.jsonl:1" in message and len(message.splitlines()) == 1
    assert not workspace.run("broken-data").result("convert").exists()


def run_demo(workspace: Workspace, run_id: str, config: dict[str, object]) -> tuple[int, str]:
    """Exit code and output of the demo with a configuration of the user's own."""
    parameters = ["--param", f"run_id={run_id}", "--param", f"config={json.dumps(config)}"]
    done = workspace.prefect("deployment", "run", DEMO, *parameters, "--watch")
    return done.returncode, done.stdout + done.stderr


def tiny(workspace: Workspace, train: str) -> dict[str, object]:
    """The tiny configuration with another file of training data."""
    config = load_config(workspace.folder / "config/tiny.yaml").model_dump(mode="json", by_alias=True)
    return config | {"data": config["data"] | {"train": train}}
