"""What the configured number of answers can show: a target that is a share cannot be claimed from a few samples."""

from pydantic import BaseModel, ConfigDict

from nyay_lib.evaluation.statistics import fewest_without_failure, wilson

# The specification's targets for shares of answers.
HALLUCINATED, ACCURATE = 0.05, 0.75


class Claim(BaseModel):
    """A target, the fewest answers that could show it with none wrong, and how many of ``answers`` may be wrong.

    ``wrong_allowed`` is None where ``answers`` are too few whatever they say. The intervals are Wilson's at 95 %.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: str
    answers: int
    fewest: int
    wrong_allowed: int | None


def claims(answers: int) -> tuple[Claim, ...]:
    """The targets that are shares of the answers of the evaluation."""
    return tuple(
        Claim(
            target=name,
            answers=answers,
            fewest=fewest_without_failure(bound),
            wrong_allowed=wrong_allowed(answers, bound),
        )
        for name, bound in (
            (f"hallucination rate under {HALLUCINATED:.0%}", HALLUCINATED),
            (f"legal accuracy over {ACCURATE:.0%}", 1 - ACCURATE),
        )
    )


def wrong_allowed(answers: int, bound: float) -> int | None:
    """The most wrong answers with which the share of wrong ones is still shown to be under ``bound``."""
    most = None
    for wrong in range(answers + 1):
        interval = wilson(wrong, answers)
        if interval is None or not interval.is_below(bound):
            return most
        most = wrong
    return most
