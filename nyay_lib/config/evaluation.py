"""How a model is measured, and what it must show before it serves: figures, the gate, and lawyers."""

from pathlib import Path
from typing import Literal

import pydantic
from pydantic import AliasChoices, Field, NonNegativeInt, PositiveFloat, PositiveInt

from nyay_lib.config.section import Ratio, Section

# The targets of the release's card, overall and by task, and the user's own cases.
Target = Literal[
    "training loss",
    "validation loss",
    "ROUGE-L",
    "legal accuracy",
    "legal accuracy, outcome_analysis",
    "legal accuracy, summarization",
    "legal accuracy, info_extraction",
    "legal accuracy, research_qa",
    "hallucination rate",
    "human approval",
    "human approval, outcome_analysis",
    "human approval, summarization",
    "human approval, info_extraction",
    "human approval, research_qa",
    "test cases",
]


class EvaluationConfig(Section):
    """How much is asked of a model before it is judged."""

    samples: PositiveInt = Field(
        default=200, description="Validation rows that are answered, of each task by its share; more carry finer claims"
    )
    max_tokens: PositiveInt = Field(default=500, description="Longest answer")
    batch_size: PositiveInt = Field(default=4, description="Answers that MLX generates side by side")
    canaries: NonNegativeInt = Field(
        default=2, description="Validation rows that are answered at each evaluation while it trains; 0: none"
    )
    canary_tokens: PositiveInt = Field(default=64, description="Longest of these answers")
    stop_hopeless: bool = Field(
        default=True, description="Whether a run ends before its export if tuning did not lower the validation loss"
    )
    test_cases: Path = Field(
        default=Path("evaluation/test_cases.json"), description="Cases of your own that are always asked, if it exists"
    )
    results: Path = Field(default=Path("evaluation/results"), description="Folder of the figures of each run, as JSON")


class GateConfig(Section):
    """What a model must show before it takes the place of what serves now."""

    margin: Ratio = Field(
        default=0.02, description="How much worse than production a share may be (a loss: nats a token), 95 % sure"
    )
    judgments: int = Field(
        default=10, ge=2, description="Fewest judgments on which a comparison with production counts as measured"
    )
    # A file may say gate.required; no key of a schema that Prefect's server takes may be called so.
    binding: tuple[Target, ...] = Field(
        default=(),
        validation_alias=AliasChoices("binding", "required"),
        description="Targets that bind a release, beside being better; else they are only printed",
    )

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class ReviewConfig(Section):
    """Whether a release waits for lawyers, how many answers they are asked about, and how long."""

    # A file may say review.required, as with gate.binding.
    binding: bool = Field(
        default=False,
        validation_alias=AliasChoices("binding", "required"),
        description="Whether a release waits until lawyers have judged the answers",
    )
    answers: PositiveInt = Field(
        default=12,
        description="Answers of a model that are judged, each beside that of another; 9, all approved, are the fewest "
        "that carry a claim of over 70 %",
    )
    deadline_hours: PositiveFloat = Field(
        default=72, description="Hours after which a review that is not finished counts as not measured"
    )

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
