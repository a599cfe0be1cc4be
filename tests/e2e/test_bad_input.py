"""Bad input: one clear line that names the place, an exit code, and nothing half made."""

import json

import pytest

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


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("run_id=My Run", "'run_id'. Failure reason: 'My Run' does not match '^([0-9a-z][0-9a-z-]{0,62})?$'"),
        ("epochs=many", "'epochs'. Failure reason: 'many' is not of type 'integer'"),
        ("max_hours=-1", "'max_hours'. Failure reason: -1 is less than the minimum of 0"),
        ("epoch=1", "not found on the deployment: 'epoch'"),
    ],
)
def test_a_typed_parameter_that_is_nonsense_is_refused_in_a_line(workspace: Workspace, typed: str, told: str) -> None:
    refused = workspace.prefect("deployment", "run", DEMO, "-p", typed)
    output = refused.stdout + refused.stderr
    assert refused.returncode == 1
    assert any(told in line for line in output.splitlines()), output
    assert "Traceback" not in output and "Created flow run" not in output


def test_a_version_that_is_not_there_ends_the_run_before_anything_is_made(workspace: Workspace) -> None:
    state = workspace.end_of(workspace.start("no-version", data_version="0" * 16))
    message = state.message or ""
    assert state.is_failed() and "there is no version '0000000000000000'" in message and "\n" not in message
    assert not workspace.run("no-version").root.exists()


def test_a_missing_data_file_ends_the_run_before_anything_is_made(workspace: Workspace) -> None:
    code, output = run_demo(workspace, "no-data", workspace.config(data={"train": "data/nosuch.jsonl"}))
    message = workspace.end_of(flow_run_of(output)).message or ""
    assert code != 0
    assert any(
        "data/nosuch.jsonl: there is no such file" in line and "data.train" in line for line in message.splitlines()
    )
    assert not workspace.run("no-data").root.exists()


def test_a_file_without_a_usable_row_is_named_with_its_first_fault(workspace: Workspace) -> None:
    broken = workspace.folder / "data/broken.jsonl"
    broken.write_text('{"instruction": "Summarise"\n')
    flow_run = workspace.start("broken-data", config=workspace.config(data={"train": "data/broken.jsonl"}))
    message = workspace.end_of(flow_run).message or ""
    assert "data/broken.jsonl" in message and "broken.jsonl:1" in message and len(message.splitlines()) == 1
    assert not workspace.run("broken-data").result("convert").exists()


def run_demo(workspace: Workspace, run_id: str, config: dict[str, object]) -> tuple[int, str]:
    """Exit code and output of the demo with a configuration of the user's own."""
    parameters = ["--param", f"run_id={run_id}", "--param", f"config={json.dumps(config)}"]
    done = workspace.prefect("deployment", "run", DEMO, *parameters, "--watch")
    return done.returncode, done.stdout + done.stderr
