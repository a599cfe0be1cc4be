"""What lawyers said of a run's answers, where they were asked: ``runs/<run>/evaluation/review.json``.

An answer is approved if it passed all five checks: accuracy, completeness, legal soundness, no hallucination, clarity.
"""

from collections.abc import Iterator
from datetime import datetime

import pydantic

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import EvaluationError
from nyay_lib.evaluation.rows import not_measured, passed
from nyay_lib.evaluation.statistics import wilson
from nyay_lib.evaluation.verdict import Row
from nyay_lib.frozen import Frozen
from nyay_lib.runs import RunDir

REVIEW_ROW = "human review"
APPROVED = 0.7  # share of answers, by the release's card


class Reviewed(Frozen):
    """One answer and whether it was approved."""

    id: str
    task_type: str
    approved: bool


class Review(Frozen):
    """The answers of this model that were judged, and in ``others`` those of the model ``other`` to the same questions.

    ``asked`` is None where all that were asked for are in; ``sha256`` is the digest of this model's file.
    """

    answers: tuple[Reviewed, ...]
    others: tuple[Reviewed, ...] = ()
    other: str = ""
    asked: int | None = None
    deadline: datetime | None = None
    sha256: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether every answer that was asked for is judged; one that is not says nothing yet."""
        return self.asked is None or len(self.answers) >= self.asked

    @property
    def progress(self) -> str:
        """How far it came, in words."""
        return f"{len(self.answers)} of {self.asked or len(self.answers)} answers are judged"

    def count(self, task: str | None = None) -> tuple[int, int]:
        """How many were approved, and how many were judged, of all or of a task."""
        judged = [answer.approved for answer in self.answers if task in (None, answer.task_type)]
        return sum(judged), len(judged)

    @property
    def compared(self) -> str:
        """How many of both models' answers were approved; empty where there was no other."""
        if not self.others:
            return ""
        ours, judged = self.count()
        theirs = sum(answer.approved for answer in self.others)
        return f"approved of this model {ours} of {judged}, of {self.other} {theirs} of {len(self.others)}"


def read_review(run: RunDir, sha256: str) -> Review | None:
    """The review of a run's file; None where nobody was asked about it.

    Raises EvaluationError for a file that is damaged.
    """
    try:
        found = Review.model_validate_json(run.review.read_bytes())
    except FileNotFoundError:
        return None
    except pydantic.ValidationError as error:
        raise EvaluationError(
            f"{run.review}: is no review ({error.errors()[0]['msg']}); write it anew, or remove it"
        ) from error
    return found if found.sha256 in ("", sha256) else None


def review_rows(config: PipelineConfig, run_id: str, review: Review | None) -> Iterator[Row]:
    """Where the configuration wants a review: that it is in, and that its approval is not surely under the target."""
    if not config.review.binding:
        return
    target = f"all judged, approval not surely under {APPROVED:.0%}"
    if review is None or not review.is_complete:
        yield not_measured(REVIEW_ROW, target, why_open(review, run_id))
        return
    approved, judged = review.count()
    found = wilson(approved, judged)
    holds = found is not None and found.high >= APPROVED
    reason = review.compared or "every answer that was asked for is judged"
    row = not_measured(REVIEW_ROW, target, reason).model_copy(update={"measured": f"{approved} of {judged} approved"})
    interval = f"{found.low:.1%} to {found.high:.1%}" if found else ""
    yield row.model_copy(update={"outcome": passed(holds), "interval": interval})


def why_open(review: Review | None, run_id: str) -> str:
    """Why there is no approval yet, and what to do about it."""
    how = (
        f"start `prefect deployment run review-nyay/local --param run_id={run_id}` and fill in its form in the UI, "
        f"or `nyay review export {run_id} answers.csv`"
    )
    if review is None:
        return f"waits for human review: {how}"
    until = f" at the deadline, {review.deadline:%Y-%m-%d %H:%M %Z}" if review.deadline else ""
    return f"waits for human review: {review.progress}{until}; to go on, {how}"
