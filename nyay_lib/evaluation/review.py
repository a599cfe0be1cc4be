"""What lawyers said of a run's answers, where they were asked: ``runs/<run>/evaluation/review.json``.

An answer is approved if it passed all five checks: accuracy, completeness, legal soundness, no hallucination, clarity.
"""

import pydantic
from pydantic import BaseModel, ConfigDict

from nyay_lib.errors import EvaluationError
from nyay_lib.runs import RunDir


class Reviewed(BaseModel):
    """One answer and whether it was approved."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    task_type: str
    approved: bool


class Review(BaseModel):
    """The answers that were judged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answers: tuple[Reviewed, ...]

    def count(self, task: str | None = None) -> tuple[int, int]:
        """How many were approved, and how many were judged, of all or of a task."""
        judged = [answer.approved for answer in self.answers if task in (None, answer.task_type)]
        return sum(judged), len(judged)


def read_review(run: RunDir) -> Review | None:
    """The review of a run; None where nobody was asked. Raises EvaluationError for a file that is damaged."""
    try:
        return Review.model_validate_json(run.review.read_bytes())
    except FileNotFoundError:
        return None
    except pydantic.ValidationError as error:
        raise EvaluationError(
            f"{run.review}: is no review ({error.errors()[0]['msg']}); write it anew, or remove it"
        ) from error
