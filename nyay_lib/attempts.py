"""The attempts that a run made at training, kept true at every moment in a file of its own."""

from datetime import datetime
from typing import Literal

import pydantic
from pydantic import BaseModel, ConfigDict

from nyay_lib.ladder import Rung
from nyay_lib.runs import RunDir

End = Literal["running", "done", "out of memory", "paused", "stopped", "failed"]


class Attempt(BaseModel):
    """One child process that trained, from the step it began after to the last step it finished.

    ``note`` says why it began as it did; ``suspected`` that memory is only thought to have run out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    rung: Rung
    started: datetime
    from_step: int = 0
    to_step: int = 0
    checkpoint: int = 0
    end: End = "running"
    reason: str = ""
    note: str = ""
    suspected: bool = False


ATTEMPTS: pydantic.TypeAdapter[list[Attempt]] = pydantic.TypeAdapter(list[Attempt])


def past_attempts(run: RunDir) -> list[Attempt]:
    """The attempts of earlier tries at the same run. One that nobody could end was stopped with its flow."""
    attempts = ATTEMPTS.validate_json(run.attempts.read_bytes()) if run.attempts.exists() else []
    stopped = {"end": "stopped", "reason": "its flow was killed, or the machine went down"}
    return [a.model_copy(update=stopped) if a.end == "running" else a for a in attempts]
