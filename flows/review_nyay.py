"""Lawyers judge a model's answers in the UI; then the verdict is passed anew, and the model released if it allows."""

from pathlib import Path
from uuid import UUID

from prefect import flow
from prefect.flow_runs import suspend_flow_run

from flows.parameters import Count, Hours, RunName
from nyay_lib.config import PathsConfig
from nyay_lib.registry.release import Release
from nyay_lib.review.conclusion import read_candidate, read_merged
from tasks.registry import register
from tasks.review import close_review, end_waiting, keep_answer, open_review, questions, set_deadline


# Each answer suspends the flow, which begins again from above when it is resumed: what is persisted is not done twice.
@flow(name="review-nyay", persist_result=True)
def review_nyay(
    run_id: RunName = "",
    answers: Count = 0,
    deadline_hours: Hours = 0.0,
    runs: Path = PathsConfig().runs,
) -> Release:
    """Ask a lawyer about a model's answers, one after another; resume the flow run to see the form.

    Args:
        run_id: The run whose answers are judged. Empty: the newest that waits for lawyers, else the newest evaluated.
        answers: How many are asked for. 0: as many as the run's configuration says (review.answers).
        deadline_hours: Hours until the review ends, finished or not. 0: review.deadline_hours.
        runs: Folder of the runs.
    """
    run = open_review(runs, run_id, answers or None, deadline_hours or None)
    set_deadline(run)
    for question in questions(run):
        form = suspend_flow_run(wait_for_input=question.form, key=question.key)
        keep_answer(run, form.opinion(question.sheet))
    close_review(run)
    model, merged = read_candidate(run), read_merged(run)
    return register(model.config, run, model.base, model.data, model.adapter, model.evaluation, merged, model.gguf)


@flow(name="end-review")
def end_review(flow_run: UUID) -> None:
    """End a review that nobody finished; each review starts this for its own deadline.

    Args:
        flow_run: The flow run of the review.
    """
    end_waiting(flow_run)
