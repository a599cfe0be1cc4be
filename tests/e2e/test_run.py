"""The whole way: seven tasks, their pages, and the files behind them."""

import json
from typing import Any

import pytest

from tests.e2e.conftest import FinishedRun
from tests.e2e.workspace import DEMO, STEPS, Workspace, flow_run_of, wait_until
from tests.folders import digest_folder

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
LOG_SECONDS = 30  # until what a flow has told is in the database

# For each step: what stands in which row and column of its table, and where the same figure stands in its result.
FIGURES: dict[str, dict[tuple[str, str], str]] = {
    "download-base": {
        ("parameters", "value"): "parameters",
        ("bits of the frozen weights", "value"): "bits",
        ("bytes", "value"): "bytes",
        ("digest", "value"): "digest",
    },
    "convert": {
        ("train", "rows"): "train.rows",
        ("train", "tokens"): "train.tokens",
        ("train", "answer tokens"): "train.completion_tokens",
        ("train", "shortened"): "train.shortened",
        ("validation", "rows"): "validation.rows",
        ("validation", "longest"): "validation.longest",
    },
    "train": {
        ("optimizer steps", "value"): "steps",
        ("first training loss", "value"): "first_loss",
        ("last training loss", "value"): "last_loss",
        ("validation loss", "value"): "validation_loss",
        ("tokens trained on", "value"): "tokens",
        ("tokens a second", "value"): "tokens_per_second",
        ("peak memory of MLX in bytes", "value"): "peak_memory",
        ("adapter digest", "value"): "digest",
    },
    "evaluate": {
        ("validation loss", "base"): "base.loss",
        ("validation loss", "tuned"): "tuned.loss",
        ("ROUGE-L", "base"): "base.rouge_l",
        ("ROUGE-L", "tuned"): "tuned.rouge_l",
        ("tokens a second", "tuned"): "tuned.tokens_per_second",
    },
    "fuse": {
        ("bytes", "value"): "bytes",
        ("adapted modules", "value"): "adapted_modules",
        ("digest", "value"): "digest",
    },
    "quantize": {
        ("bytes", "value"): "bytes",
        ("bytes of the F16 file", "value"): "f16_bytes",
        ("tokens a second", "value"): "tokens_per_second",
        ("sha256", "value"): "sha256",
        ("fuse: KL, mean", "value"): "fidelity.stages.0.kl",
        ("quantise q4_k_m: KL, mean", "value"): "fidelity.stages.2.kl",
        ("q4_k_m: bytes", "value"): "rungs.1.bytes",
    },
    "register": {
        ("run", "value"): "run_id",
        ("registered", "value"): "registered",
        ("promoted", "value"): "promoted",
        ("sha256", "value"): "sha256",
    },
}


def test_the_demo_completes_with_its_seven_tasks(workspace: Workspace, finished: FinishedRun) -> None:
    assert finished.command.returncode == 0, finished.command.stdout
    tasks = workspace.tasks(finished.flow_run)
    assert {name: tasks[name].state_name for name in STEPS} == dict.fromkeys(STEPS, "Completed")
    starts = [tasks[name].start_time for name in STEPS]
    assert starts == sorted(start for start in starts if start)


def test_the_plan_is_there_before_training_and_training_kept_to_it(workspace: Workspace, finished: FinishedRun) -> None:
    plan = json.loads(finished.run.result("plan").read_bytes())
    table = {row["figure"]: row["value"] for row in workspace.table(finished.flow_run, "plan-table")}
    assert table["optimizer steps"] == plan["steps"] and plan["calibrated"]
    assert plan["steps"] == json.loads(finished.run.result("train").read_bytes())["steps"]
    assert workspace.markdown(finished.flow_run, "plan").startswith("# Plan")
    made = [workspace.artifact(finished.flow_run, key).created for key in ("plan", "train")]
    assert made == sorted(time for time in made if time)


@pytest.mark.parametrize("step", STEPS)
def test_a_step_has_a_page_and_a_table_with_the_figures_of_its_result(
    workspace: Workspace, finished: FinishedRun, step: str
) -> None:
    result = json.loads(finished.run.result(step).read_bytes())
    table = workspace.table(finished.flow_run, f"{step}-table")
    figures = {place: cell(table, *place) for place in FIGURES[step]}
    assert figures == {place: field(result, path) for place, path in FIGURES[step].items()}
    assert workspace.markdown(finished.flow_run, step).startswith("# ")


def test_the_summary_says_what_came_of_the_run(workspace: Workspace, finished: FinishedRun, no_ollama: str) -> None:
    page = workspace.markdown(finished.flow_run, "run-summary")
    evaluation = json.loads(finished.run.result("evaluate").read_bytes())
    table = workspace.table(finished.flow_run, "run-summary-table")
    assert f"not registered: no Ollama at http://{no_ollama}, " in page and "start it with `ollama serve`" in page
    assert cell(table, "validation loss of the base", "value") == evaluation["base"]["loss"]
    assert cell(table, "validation loss of the tuned model", "value") == evaluation["tuned"]["loss"]
    assert evaluation["tuned"]["loss"] < evaluation["base"]["loss"]


def test_the_manifest_is_there_and_nothing_is_half_written(workspace: Workspace, finished: FinishedRun) -> None:
    manifest = json.loads(finished.run.manifest.read_bytes())
    assert manifest["run_id"] == "finished"
    assert manifest["sha256"] == json.loads(finished.run.result("quantize").read_bytes())["sha256"]
    assert [path for path in workspace.folder.rglob("*.partial") if ".prefect" not in path.parts] == []


def test_a_second_run_of_the_same_name_reuses_every_step(workspace: Workspace, finished: FinishedRun) -> None:
    before = made(finished)
    again = workspace.prefect("deployment", "run", DEMO, "--param", "run_id=finished", "--watch")
    assert again.returncode == 0, again.stdout
    pages = {step: workspace.markdown(flow_run_of(again.stdout), step) for step in STEPS}
    assert [step for step, page in pages.items() if "Reused" not in page] == []
    assert made(finished) == before


def test_a_damaged_file_is_made_again_and_the_log_says_so(workspace: Workspace, finished: FinishedRun) -> None:
    base = workspace.folder / json.loads(finished.run.result("download-base").read_bytes())["folder"]
    weights = base / "model.safetensors"
    content = weights.read_bytes()
    weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    flow_run = workspace.start("mended")
    assert workspace.end_of(flow_run).is_completed()
    wait_until(lambda: "it is made again" in workspace.log(flow_run), LOG_SECONDS)
    assert str(weights) in workspace.log(flow_run)
    assert weights.read_bytes() == content


def cell(table: list[dict[str, Any]], row: str, column: str) -> Any:
    """The cell in the row whose first column says ``row``."""
    found = [line for line in table if next(iter(line.values())) == row]
    assert len(found) == 1, f"{row!r} is in the table {len(found)} times"
    return found[0][column]


def field(result: dict[str, Any], path: str) -> Any:
    value: Any = result
    for key in path.split("."):
        value = value[int(key) if isinstance(value, list) else key]
    return value


def made(finished: FinishedRun) -> dict[str, Any]:
    """All that a run made: its files' digests and its results, but for how long they took and who made them."""
    run = finished.run
    folders = {folder.name: digest_folder(folder) for folder in (run.adapter, run.merged, run.gguf)}
    results = {step: json.loads(run.result(step).read_bytes()) for step in STEPS}
    return folders | {
        step: {k: v for k, v in r.items() if k not in ("seconds", "reused")} for step, r in results.items()
    }
