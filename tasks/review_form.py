"""The form that a lawyer fills in: five checks on each of two answers, and a note."""

from typing import Any

from prefect.input import RunInput
from pydantic import BaseModel, ConfigDict, Field

from nyay_lib.review.opinions import CHECKS, Checks, Opinion


def _as_asked(schema: dict[str, Any]) -> None:
    """The UI calls a field with a default optional; here a switch that is off is an answer."""
    schema["required"] = list(schema["properties"])


class Answer(BaseModel):
    """What was found of one answer: a switch that is on says that the check holds."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_as_asked)

    accuracy: bool = Field(default=False, title="Accuracy", description=CHECKS["accuracy"])
    completeness: bool = Field(default=False, title="Completeness", description=CHECKS["completeness"])
    legal_soundness: bool = Field(default=False, title="Legal soundness", description=CHECKS["legal_soundness"])
    no_hallucination: bool = Field(default=False, title="No hallucination", description=CHECKS["no_hallucination"])
    clarity: bool = Field(default=False, title="Clarity", description=CHECKS["clarity"])


class Form(RunInput):
    """Both answers of a question."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_as_asked)

    a: Answer = Field(default=Answer(), title="Answer A", description="Switch on each check that holds.")
    b: Answer = Field(default=Answer(), title="Answer B", description="Switch on each check that holds.")
    note: str = Field(default="", title="Note", description="Whatever should be known; may stay empty.")
    judged: bool = Field(
        default=False,
        title="I have judged both answers",
        description="Left off, nothing is kept and the same question is asked again.",
    )

    def opinion(self, sheet: str) -> Opinion | None:
        """What the form says of a sheet; None while it is not filled in."""
        if not self.judged:
            return None
        a, b = (Checks(**answer.model_dump()) for answer in (self.a, self.b))
        return Opinion(id=sheet, a=a, b=b, note=self.note, source="form")
