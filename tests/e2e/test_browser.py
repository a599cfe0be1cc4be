"""What a person sees in the browser: the run, its tasks, and the pages that they publish."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import browser_page, shoot
from tests.e2e.conftest import FinishedRun
from tests.e2e.workspace import STEPS, Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with browser_page() as opened:
        yield opened


def test_the_address_leads_to_the_dashboard(page: Page, workspace: Workspace, finished: FinishedRun) -> None:
    page.goto(workspace.url)
    expect(page.get_by_text("Flow Runs", exact=True).first).to_be_visible()
    assert urlsplit(page.url).path.startswith("/v2")


def test_the_list_of_runs_shows_the_run(page: Page, workspace: Workspace, finished: FinishedRun) -> None:
    page.goto(f"{workspace.url}/v2/runs")
    name = workspace.name(finished.flow_run)
    expect(page.get_by_role("link", name=name).first).to_be_visible()
    expect(page.get_by_text("Completed").first).to_be_visible()
    shoot(page, "runs")


def test_the_run_shows_its_tasks(page: Page, workspace: Workspace, finished: FinishedRun) -> None:
    open_tab(page, workspace, finished, "Task Runs")
    for step in STEPS:
        expect(page.get_by_text(re.compile(rf"^{step}-[0-9a-f]{{3}}$")).first).to_be_visible()
    shoot(page, "tasks")


def test_the_run_lists_its_artifacts(page: Page, workspace: Workspace, finished: FinishedRun) -> None:
    open_tab(page, workspace, finished, "Artifacts")
    for key in (*STEPS, *(f"{step}-table" for step in STEPS), "run-summary"):
        expect(page.get_by_text(key, exact=True).first).to_be_visible()
    shoot(page, "artifacts")


@pytest.mark.parametrize(
    ("key", "texts"),
    [
        ("convert", ["Data set", "Rows by task"]),
        ("train", ["Training", "Attempts", "4x4", "last training loss"]),
        (
            "evaluate",
            ["Base against tuned", "validation loss", "perplexity", "Side by side, the worst tuned answer first"],
        ),
        ("quantize", ["GGUF", "Asked through llama.cpp, greedy", "sha256"]),
        ("register", ["Release", "Verdict", "Facts", "better than the base", "no Ollama at"]),
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


def open_tab(page: Page, workspace: Workspace, finished: FinishedRun, tab: str) -> None:
    page.goto(f"{workspace.url}/v2/runs/flow-run/{finished.flow_run}")
    page.get_by_role("tab", name=tab).click()


def open_artifact(page: Page, workspace: Workspace, finished: FinishedRun, key: str) -> None:
    address = f"{workspace.url}/v2/artifacts/artifact/{workspace.artifact(finished.flow_run, key).id}"
    if page.url != address:
        page.goto(address)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
