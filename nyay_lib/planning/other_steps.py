"""How long the steps beside training take: as in an earlier run where there was one, else computed or assumed."""

import math
from collections.abc import Iterator, Sequence
from typing import Literal

import pydantic
from pydantic import BaseModel, ConfigDict

from nyay_lib.config import PipelineConfig
from nyay_lib.planning.costs import Costs
from nyay_lib.planning.workload import PlannedRow, micro_batches
from nyay_lib.registry.journal import champion, journal_of
from nyay_lib.runs import RunDir

STEPS = ("evaluate", "fuse", "quantize", "register")
MODELS = 2  # the base is asked as well as the tuned model
# Seconds for a billion parameters: reading, computing in f32, writing and quantising files of several gigabytes, and
# five stages of the export that each read fidelity.tokens.
ASSUMED_SECONDS, LEAST_SECONDS = {"fuse": 40.0, "quantize": 180.0, "register": 120.0}, 5.0
COMPUTED = ("evaluate", "register")  # these ask models, the others only write files
SETTINGS = ("model", "evaluation", "export", "fidelity")


class StepTime(BaseModel):
    """Seconds of a step; ``basis`` says where they are from, ``source`` which run they were measured in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: str
    seconds: float
    basis: Literal["measured", "calibrated", "assumed"]
    source: str = ""


def other_steps(
    config: PipelineConfig, validation: Sequence[PlannedRow], costs: Costs, parameters: int, *, calibrated: bool
) -> tuple[StepTime, ...]:
    """What evaluation, fusing, quantising and registering will take."""
    measured, times = earlier(config), list[StepTime]()
    for step in STEPS:
        if step in measured:
            times.append(measured[step])
        else:
            seconds = max(LEAST_SECONDS, ASSUMED_SECONDS.get(step, 0.0) * parameters / 1e9)
            if step == "evaluate":
                seconds = evaluation_seconds(config, validation, costs)
            elif step == "register":
                seconds += judging_seconds(config, validation, costs)
            basis = "calibrated" if calibrated and step in COMPUTED else "assumed"
            times.append(StepTime(step=step, seconds=seconds, basis=basis))
    return tuple(times)


def evaluation_seconds(config: PipelineConfig, validation: Sequence[PlannedRow], costs: Costs) -> float:
    """Loss over all validation rows and answers to some, of both models, the longest that are allowed."""
    asked = config.evaluation
    loss = forward_seconds(validation, asked.batch_size, costs)
    batches = math.ceil(min(asked.samples, len(validation)) / asked.batch_size)
    prompts = loss * min(1.0, asked.samples / len(validation))
    return MODELS * (costs.load_seconds + loss + prompts + batches * asked.max_tokens * costs.decode_seconds)


def judging_seconds(config: PipelineConfig, validation: Sequence[PlannedRow], costs: Costs) -> float:
    """The same of the files that are compared before a release: the base's, this model's, and production's if any.

    Each is asked one question at a time, as it will be when it serves; llama.cpp is taken to be as quick as MLX here.
    What an earlier run has kept of them is not taken off.
    """
    asked, models = min(config.evaluation.samples, len(validation)), MODELS + (champion(journal_of(config)) is not None)
    loss = forward_seconds(validation, 1, costs)
    prompts = loss * asked / len(validation)
    return models * (costs.load_seconds + loss + prompts + asked * config.evaluation.max_tokens * costs.decode_seconds)


def forward_seconds(rows: Sequence[PlannedRow], size: int, costs: Costs) -> float:
    """Time of the loss over ``rows``."""
    return sum(costs.forward_seconds(parts) for parts in micro_batches(rows, size, costs.lanes))


def earlier(config: PipelineConfig) -> dict[str, StepTime]:
    """Steps of the newest run here that did the same work and did not find it done."""
    found: dict[str, StepTime] = {}
    for run in (RunDir(root) for root in sorted(config.paths.runs.glob("*"), reverse=True)):
        if _is_alike(config, run):
            for step, seconds in _seconds(run):
                found.setdefault(step, StepTime(step=step, seconds=seconds, basis="measured", source=run.run_id))
    return found


def _is_alike(config: PipelineConfig, run: RunDir) -> bool:
    try:
        other = PipelineConfig.model_validate_json(run.config.read_bytes())
    except (OSError, pydantic.ValidationError):
        return False
    return all(getattr(config, name) == getattr(other, name) for name in SETTINGS)


class _Taken(BaseModel):
    """What is read of any step's result."""

    model_config = ConfigDict(extra="ignore")

    seconds: float
    reused: bool


def _seconds(run: RunDir) -> Iterator[tuple[str, float]]:
    for step in STEPS:
        try:
            taken = _Taken.model_validate_json(run.result(step).read_bytes())
        except (OSError, pydantic.ValidationError):
            continue
        if not taken.reused and taken.seconds > 0:
            yield step, taken.seconds
