"""A lawyer's answers: asked for in the UI, kept as they come, counted at the end."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import get_client, task
from prefect.client.schemas.responses import OrchestrationResult, SetStateStatus
from prefect.deployments import run_deployment
from prefect.input.actions import read_flow_run_input
from prefect.input.run_input import keyset_from_base_key

from nyay_lib.evaluation.review import Review
from nyay_lib.reports.review import form_text, review_page, sheet_page
from nyay_lib.review import closing, opening
from nyay_lib.review.opinions import Opinion, keep, open_sheets
from nyay_lib.runs import RunDir
from tasks.artifacts import publish
from tasks.own_run import own_flow_run
from tasks.review_form import Form

END = "end-review/local"
# A form that was just sent takes so long until its flow waits again or has ended.
SETTLE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Question:
    """A sheet that is asked about, the key of its form, which never comes twice, and the form."""

    sheet: str
    key: str
    form: type[Form]


@task(name="open-review", task_run_name="open-review: run {run_id}")
def open_review(runs: Path, run_id: str, answers: int | None, deadline_hours: float | None) -> RunDir:
    """Choose the run and its sheets; the flow run is called after it."""
    run = closing.find_run(runs, run_id)
    opening.open_review(run, answers, deadline_hours, datetime.now(UTC))
    with get_client(sync_client=True) as client:
        client.update_flow_run(own_flow_run(), name=f"review-of-{run.run_id}")
    return run


@task(name="set-deadline", task_run_name="set-deadline: run {run.run_id}")
def set_deadline(run: RunDir) -> None:
    """Have the review ended at its deadline, whatever has become of this process by then."""
    run_deployment(
        END,
        parameters={"flow_run": str(own_flow_run())},
        scheduled_time=closing.require_opened(run).deadline,
        flow_run_name=f"end-of-review-of-{run.run_id}",
        timeout=0,
        as_subflow=False,
        idempotency_key=f"end-of-{own_flow_run()}",
    )


def questions(run: RunDir) -> Iterator[Question]:
    """Each question that is open, until there is none or the deadline has passed; one that is left comes again."""
    tried = Counter[str]()
    while open_now := open_sheets(run, opened := closing.require_opened(run)):
        sheet = open_now[0]
        tried[sheet.id] += 1
        key = f"{sheet.id}-{tried[sheet.id]}"
        if datetime.now(UTC) >= opened.deadline and not _is_given(key):
            return
        text = form_text(opened, sheet, show_question(run, sheet.id))
        yield Question(sheet.id, key, Form.with_initial_data(description=text))


@task(name="show-question", task_run_name="show-question: {sheet}, run {run.run_id}")
def show_question(run: RunDir, sheet: str) -> str:
    """The question in a wide window, under the key ``review``; returns its address."""
    opened = closing.require_opened(run)
    return publish("review", sheet_page(opened, next(one for one in opened.sheets if one.id == sheet)))


@task(name="keep-answer", task_run_name="keep-answer: run {run.run_id}")
def keep_answer(run: RunDir, opinion: Opinion | None) -> None:
    """Keep what a form said, if it was filled in."""
    if opinion:
        keep(run, [opinion])


@task(name="close-review", task_run_name="close-review: run {run.run_id}")
def close_review(run: RunDir) -> Review:
    """Count what was said, for the verdict."""
    review = closing.close_review(run, closing.require_opened(run))
    publish("review", review_page(review))
    return review


# A busy database refuses now and then.
@task(name="end-waiting", task_run_name="end-waiting: {flow_run}", retries=10, retry_delay_seconds=10)
def end_waiting(flow_run: UUID) -> None:
    """Send the form of a review that waits, not filled in; its flow sees that the deadline has passed."""
    end = time.monotonic() + SETTLE_SECONDS
    with get_client(sync_client=True) as client:
        while time.monotonic() < end:
            state = client.read_flow_run(flow_run).state
            if state is None or state.is_final():
                return
            if state.is_paused() and _is_accepted(client.resume_flow_run(flow_run, run_input=Form().model_dump())):
                return
            time.sleep(1)


def _is_accepted(answer: OrchestrationResult[Any]) -> bool:
    return answer.status is SetStateStatus.ACCEPT


def _is_given(key: str) -> bool:
    """Whether the form with this key was sent, be it that nobody has read it yet."""
    response = keyset_from_base_key(f"suspended-{key}")["response"]
    return read_flow_run_input(response, flow_run_id=own_flow_run()) is not None
