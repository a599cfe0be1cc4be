"""Everything that a child process can tell, a JSON line each."""

from collections.abc import Callable
from typing import Annotated, Literal

import pydantic
from pydantic import Field

from nyay_lib.config import Quantization
from nyay_lib.endings import FailureKind
from nyay_lib.frozen import Frozen
from nyay_lib.jobs.training_events import (
    Canaries,
    Checkpointed,
    Covered,
    Loaded,
    Measured,
    Paused,
    Resumed,
    TrainStep,
    Validated,
    Warned,
)


class Started(Frozen):
    """The child runs. ``device`` is what it computes on."""

    type: Literal["started"] = "started"
    pid: int
    device: str


class Progress(Frozen):
    """``done`` of ``total`` units of work, and how long the rest will take where that is known."""

    type: Literal["progress"] = "progress"
    done: int
    total: int
    what: str
    seconds_left: float | None = None


class Serving(Frozen):
    """The model is loaded, and requests are answered at ``url``."""

    type: Literal["serving"] = "serving"
    url: str


class Quantized(Frozen):
    """A file is there. ``fallbacks`` of its tensors have rows that its type does not fit, and took more bits."""

    type: Literal["quantized"] = "quantized"
    quantization: Quantization
    tensors: int
    fallbacks: int
    seconds: float


class FileMeasured(Frozen):
    """A file was read by llama.cpp, whose process grew by ``memory`` bytes with it, weights and context.

    ``other_tokens`` counts the windows that llama.cpp cuts into other tokens than the base's own tokenizer.
    """

    type: Literal["file_measured"] = "file_measured"
    quantization: Quantization
    tokens_per_second: float
    memory: int
    other_tokens: int


class Text(Frozen):
    """A piece of an answer."""

    type: Literal["text"] = "text"
    text: str


class Done(Frozen):
    """The job's result; the child's last event."""

    type: Literal["done"] = "done"
    result: dict[str, float | int | str | None]


class Failed(Frozen):
    """The job's error. ``kind`` is ``user`` for an error whose message is meant for the user."""

    type: Literal["failed"] = "failed"
    kind: FailureKind
    message: str


Event = (
    Started
    | Progress
    | Loaded
    | Measured
    | TrainStep
    | Validated
    | Canaries
    | Checkpointed
    | Resumed
    | Paused
    | Covered
    | Warned
    | Serving
    | Quantized
    | FileMeasured
    | Text
    | Done
    | Failed
)
AnyEvent: pydantic.TypeAdapter[Event] = pydantic.TypeAdapter(Annotated[Event, Field(discriminator="type")])
Emit = Callable[[Event], None]
