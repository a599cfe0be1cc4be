"""What a person sees in the browser: the run, its tasks, and the pages that they publish."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tasks.artifacts import path_of
from tests.e2e.browser import browser_page, shoot
from tests.e2e.conftest import FinishedRun
from tests.e2e.workspace import DEMO, STEPS, Workspace, training_child, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with browser_page() as opened:
        yield opened


def test_the_address_leads_to_the_dashboard(page: Page, workspace: Workspace, finished: FinishedRun) -> None:
    page.goto(workspace.url)
    expect(page.get_by_text("Flow Runs", exact=True).first).to_be_visible()
    assert urlsplit(page.url).path.startswith("/v2")
    shoot(page, "home")


def test_the_list_of_runs_shows_the_run(page: Page, workspace: Workspace, finished: FinishedRun) -> None:
    page.goto(f"{workspace.url}/v2/runs")
    name = workspace.name(finished.flow_run)
    expect(page.get_by_role("link", name=name).first).to_be_visible()
    expect(page.get_by_text("Completed").first).to_be_visible()
    shoot(page, "runs")


def test_the_run_shows_its_tasks(page: Page, workspace: Workspace, finished: FinishedRun) -> None:
    open_tab(page, workspace, finished, "Task Runs")
    for step in STEPS:
        expect(page.get_by_text(re.compile(rf"^{step}: ")).first).to_be_visible()
    shoot(page, "tasks")


def test_the_log_says_what_each_step_does_and_leads_to_its_page(
    page: Page, workspace: Workspace, finished: FinishedRun
) -> None:
    page.set_viewport_size(
        {"width": 1400, "height": 4000}
    )  # the UI draws those lines alone that the window has room for
    open_tab(page, workspace, finished, "Logs")
    fused = path_of(workspace.artifact(finished.flow_run, "fuse").id)
    for words in ("register: answers of this model", "train: 6 steps, validation loss", fused):
        expect(page.get_by_text(words).first).to_be_visible()
    shoot(page, "logs")


def test_the_run_lists_its_artifacts(page: Page, workspace: Workspace, finished: FinishedRun) -> None:
    open_tab(page, workspace, finished, "Artifacts")
    for key in (*STEPS, *(f"{step}-table" for step in STEPS), "run-summary"):
        expect(page.get_by_text(key, exact=True).first).to_be_visible()
    shoot(page, "artifacts")


@pytest.mark.parametrize(
    ("key", "texts"),
    [
        ("preflight", ["Preflight", "training data", "base model", "disk"]),
        ("download-base", ["Base model", "bits of the frozen weights"]),
        ("convert", ["Data set", "Rows by task"]),
        ("kept-out", ["Rows kept out"]),
        ("leak-certificate", ["Leak certificate", "No validation row shares a case"]),
        ("plan", ["Plan", "What is trained", "Steps of the ladder"]),
        ("train", ["Training", "Attempts", "4x4", "last training loss"]),
        (
            "evaluate",
            ["Base against tuned", "validation loss", "perplexity", "Side by side, the worst tuned answer first"],
        ),
        ("fuse", ["Merged model", "adapted modules"]),
        ("fuse-log", ["Log of fuse", "jobs/fuse/engine.log", "jobs/fuse/events.jsonl"]),
        ("quantize", ["GGUF", "Asked through llama.cpp, greedy", "sha256"]),
        ("register", ["Release", "Verdict", "Facts", "better than the base", "no Ollama at"]),
        ("evaluation", ["What run finished is worth", "Controls", "What these figures cannot see"]),
        ("run-summary", ["Run finished", "Verdict", "validation loss of the tuned model", "no Ollama at"]),
    ],
)
def test_a_page_can_be_read(
    page: Page, workspace: Workspace, finished: FinishedRun, key: str, texts: list[str]
) -> None:
    open_artifact(page, workspace, finished, key)
    for text in texts:
        expect(page.get_by_text(text).first).to_be_visible()
    shoot(page, key)


@pytest.mark.parametrize(
    ("key", "words"), [("train", "loss and learning rate"), ("convert", "lengths of the training rows")]
)
def test_a_plot_is_really_loaded(page: Page, workspace: Workspace, finished: FinishedRun, key: str, words: str) -> None:
    open_artifact(page, workspace, finished, key)
    plot = page.get_by_role("img", name=words)
    expect(plot).to_be_visible()
    assert plot.evaluate("image => image.naturalWidth") > 0


def test_the_summary_draws_the_steps(page: Page, workspace: Workspace, finished: FinishedRun) -> None:
    open_artifact(page, workspace, finished, "run-summary")
    drawing = page.locator("svg[id^=mermaid]")
    for step in STEPS:
        expect(drawing.get_by_text(step).first).to_be_visible()


def test_every_page_is_one_click_from_the_summary_and_the_log_one_from_its_page(
    page: Page, workspace: Workspace, finished: FinishedRun
) -> None:
    open_artifact(page, workspace, finished, "run-summary")
    page.get_by_role("link", name="fuse", exact=True).click()
    expect(page.get_by_text("Merged model").first).to_be_visible()
    page.get_by_role("link", name="What its processes wrote").click()
    expect(page.get_by_text("Log of fuse").first).to_be_visible()


def test_the_form_of_a_run_explains_its_fields(page: Page, workspace: Workspace, finished: FinishedRun) -> None:
    with workspace.client() as client:
        deployment = client.read_deployment_by_name(DEMO).id
    page.goto(f"{workspace.url}/v2/deployments/deployment/{deployment}/run")
    for text in ("Name of the run: lower-case letters", "Times that each row is trained on", "Learning Rate"):
        expect(page.get_by_text(text).first).to_be_visible()
    shoot(page, "run-form")


def test_training_is_seen_to_go_on_and_a_cancelled_run_says_how_to_resume(page: Page, workspace: Workspace) -> None:
    run = workspace.run("watched")
    flow_run = workspace.start(run.run_id, config=workspace.config(training={"epochs": 400}))
    training_child(run, after_steps=2)
    wait_until(lambda: percent(workspace, flow_run) > 0, 60)
    page.goto(f"{workspace.url}/v2/artifacts/artifact/{workspace.artifact(flow_run, 'train').id}")
    expect(page.get_by_text("Training, running").first).to_be_visible()
    expect(page.get_by_text(re.compile("step [0-9,]+ of 1,200")).first).to_be_visible()
    shoot(page, "training")
    before = percent(workspace, flow_run)
    page.goto(f"{workspace.url}/v2/artifacts/artifact/{workspace.artifact(flow_run, 'train-progress').id}")
    wait_until(lambda: percent(workspace, flow_run) > before, 60)
    page.reload()
    shown = page.get_by_text(re.compile(r"Progress: [0-9.]+%")).first.inner_text()
    assert float(shown.removeprefix("Progress: ").removesuffix("%")) > before
    shoot(page, "training-progress")
    page.goto(f"{workspace.url}/v2/runs/flow-run/{flow_run}")
    expect(page.get_by_text("train-watched").first).to_be_visible()
    expect(page.get_by_role("link", name="demo").first).to_be_visible()
    shoot(page, "running")
    workspace.cancel(flow_run)
    assert workspace.end_of(flow_run).is_cancelled()
    wait_until(lambda: has_artifact(workspace, flow_run, "run-summary"), 60)
    page.goto(f"{workspace.url}/v2/artifacts/artifact/{workspace.artifact(flow_run, 'run-summary').id}")
    for text in ("Run watched: cancelled at train", "prefect deployment run 'train-nyay/demo' -p run_id=watched"):
        expect(page.get_by_text(text).first).to_be_visible()
    shoot(page, "run-summary-cancelled")


def percent(workspace: Workspace, flow_run: UUID) -> float:
    """How far training is shown to be."""
    if not has_artifact(workspace, flow_run, "train-progress"):
        return 0.0
    return float(str(workspace.artifact(flow_run, "train-progress").data))


def has_artifact(workspace: Workspace, flow_run: UUID, key: str) -> bool:
    try:
        workspace.artifact(flow_run, key)
    except AssertionError:
        return False
    return True


def open_tab(page: Page, workspace: Workspace, finished: FinishedRun, tab: str) -> None:
    page.goto(f"{workspace.url}/v2/runs/flow-run/{finished.flow_run}")
    page.get_by_role("tab", name=tab).click()


def open_artifact(page: Page, workspace: Workspace, finished: FinishedRun, key: str) -> None:
    address = f"{workspace.url}/v2/artifacts/artifact/{workspace.artifact(finished.flow_run, key).id}"
    if page.url != address:
        page.goto(address)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
