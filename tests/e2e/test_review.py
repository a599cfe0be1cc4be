"""Lawyers are asked: a release waits for them, an unfinished review measures nothing, a finished one releases."""

import csv
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError

from nyay_lib.runs import RunDir
from tests.e2e.browser import browser_page, shoot
from tests.e2e.workspace import Workspace, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

REVIEW = "review-nyay/local"
ANSWERS = 3
CHECKS = ("Accuracy", "Completeness", "Legal soundness", "No hallucination", "Clarity")
WAIT_SECONDS = 240.0
# SQLite refuses to resume when something else was written while the form was checked, on a busy machine often; the UI
# says so, the form stays as it is, and a person presses again.
PRESSES, PRESS_MILLISECONDS = 30, 6_000


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, no_ollama: str) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("review")
    made = Workspace.make(folder, OLLAMA_HOST=no_ollama, PREFECT_WORKER_QUERY_SECONDS="5")
    with made.up():
        yield made


@pytest.fixture(scope="module")
def waiting(project: Workspace) -> RunDir:
    """A run whose release waits for lawyers and for nothing else."""
    config = project.config(review={"binding": True, "answers": ANSWERS})
    flow_run = project.start("waiting", config=config)
    assert project.end_of(flow_run).is_completed()
    assert "human review | required" in project.markdown(flow_run, "register")
    return project.run("waiting")


def rows(run: RunDir) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in json.loads(run.verdict.read_bytes())["rows"]}


def release(run: RunDir) -> dict[str, Any]:
    return json.loads(run.result("register").read_bytes())


def ask(project: Workspace, **parameters: Any) -> UUID:
    """Start a review as the UI's button does, and wait until it asks."""
    with project.client() as client:
        deployment = client.read_deployment_by_name(REVIEW).id
        flow_run = client.create_flow_run_from_deployment(deployment, parameters=parameters).id
    wait_for_question(project, flow_run)
    return flow_run


def wait_for_question(project: Workspace, flow_run: UUID) -> None:
    def asks() -> bool:
        state = project.state_of(flow_run).name
        assert state not in ("Failed", "Crashed", "Completed"), state
        return state == "Suspended" and description(project, flow_run) is not None

    wait_until(asks, WAIT_SECONDS)


def test_a_release_that_waits_says_for_what(waiting: RunDir) -> None:
    assert [name for name, row in rows(waiting).items() if row["required"] and row["outcome"] != "pass"] == [
        "human review"
    ]
    assert not release(waiting)["promoted"]
    assert "human review NOT MEASURED: waits for human review: start `prefect deployment" in release(waiting)["reason"]


def test_unanswered_at_the_deadline_nothing_is_measured_or_released(project: Workspace, waiting: RunDir) -> None:
    flow_run = ask(project, deadline_hours=15 / 3600)
    assert project.name(flow_run) == "review-of-waiting"
    assert project.end_of(flow_run).is_completed()
    row = rows(waiting)["human approval"]
    assert (row["outcome"], row["measured"]) == ("NOT MEASURED", "")
    assert "0 of 3 answers are judged at the deadline" in row["reason"]
    assert not release(waiting)["promoted"]
    assert "0 of 3 answers are judged" in project.markdown(flow_run, "review")


def test_a_file_with_one_answer_is_kept_and_the_rest_stays_open(project: Workspace, waiting: RunDir) -> None:
    file = project.folder / "answers.csv"
    assert project.nyay("review", "export", "waiting", str(file)).returncode == 0
    fill_first_row(file)
    done = project.nyay("review", "import", "waiting", str(file))
    assert "1 rows are filled in, 1 of them new; 1 of 3 answers are judged; open: q" in done.stdout, done.stderr
    assert not release(waiting)["promoted"]


def fill_first_row(file: Path) -> None:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        table = list(csv.DictReader(opened))
    table[0] |= {name: "yes" for name in table[0] if name.startswith(("a_", "b_"))}
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.DictWriter(opened, list(table[0]))
        writer.writeheader()
        writer.writerows(table)


def test_a_form_that_is_not_filled_in_is_asked_again_and_who_stops_keeps_what_was_said(
    project: Workspace, waiting: RunDir
) -> None:
    flow_run = ask(project)
    with project.client() as client:
        client.resume_flow_run(flow_run, run_input=form(judged=False))
        wait_for_question(project, flow_run)
        assert "**Question 2 of 3**" in (description(project, flow_run) or "")
        client.resume_flow_run(flow_run, run_input=form(judged=True))
        wait_for_question(project, flow_run)
    assert "**Question 3 of 3**" in (description(project, flow_run) or "")
    project.cancel(flow_run)
    assert project.end_of(flow_run).is_cancelled()
    assert len(json.loads(waiting.opinions.read_bytes())) == 2


def form(judged: bool) -> dict[str, Any]:
    answer = dict.fromkeys(("accuracy", "completeness", "legal_soundness", "no_hallucination", "clarity"), judged)
    return {"a": answer, "b": answer, "note": "", "judged": judged}


def description(project: Workspace, flow_run: UUID) -> str | None:
    """What stands at the head of the form that waits; Prefect suspends a run a moment before it saves this."""
    with project.client() as client:
        state = client.read_flow_run(flow_run).state
        assert state and state.state_details.run_input_keyset
        key = state.state_details.run_input_keyset["description"]
        try:
            return json.loads(client.read_flow_run_input(flow_run, key))
        except (ObjectNotFound, PrefectHTTPStatusError):
            return None


@pytest.mark.browser
def test_the_form_is_filled_in_and_the_approved_model_goes_live(project: Workspace, waiting: RunDir) -> None:
    flow_run = ask(project)
    with browser_page() as page:
        page.goto(f"{project.url}/v2/runs/flow-run/{flow_run}")
        dialog = open_form(page)
        expect(dialog.get_by_text("Question 3 of 3")).to_be_visible()
        expect(dialog.get_by_text("Answer B", exact=True).last).to_be_visible()
        fill_in(page, dialog)
    assert project.end_of(flow_run).is_completed()
    approval = rows(waiting)["human approval"]
    assert (approval["measured"], approval["interval"]) == ("100.0%", "43.9% to 100.0%")
    assert rows(waiting)["human review"]["outcome"] == "pass"
    assert release(waiting)["promoted"], release(waiting)["reason"]
    assert "its files are in production" in project.markdown(flow_run, "register")


def open_form(page: Page) -> Locator:
    page.get_by_role("button", name="Open menu").first.click()
    page.get_by_role("menuitem", name="Resume").click()
    return page.get_by_role("dialog")


def fill_in(page: Page, dialog: Locator) -> None:
    """Approve both answers."""
    shoot(page, "review-question")
    switches = [dialog.get_by_label(check, exact=True).nth(answer) for check in CHECKS for answer in range(2)]
    for switch in switches:
        switch.click()
        expect(switch).to_be_checked()
    dialog.get_by_label("Note").fill("ठीक है")
    dialog.get_by_label("I have judged both answers").click()
    for switch in switches:  # a form that was drawn anew has forgotten what was pressed before
        expect(switch).to_be_checked()
    shoot(page, "review-form")
    for _ in range(PRESSES):
        dialog.get_by_role("button", name="Resume").click()
        with suppress(AssertionError):
            expect(dialog).to_be_hidden(timeout=PRESS_MILLISECONDS)
            return
    raise AssertionError("the form was not taken")
