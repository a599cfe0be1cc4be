"""metrics.jsonl: a whole line for each optimizer step, in order, and no step twice."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Self

import psutil
import pydantic

from nyay_lib.files import replacing
from nyay_lib.jobs import Event, Resumed, TrainStep, Validated


class StepMetrics(pydantic.BaseModel):
    """One step. Losses in nats a completion token; ``validation_loss`` where it was measured after the step.

    Memory in bytes: ``peak_memory``, ``active_memory`` and ``cache_memory`` are MLX's, ``process_memory`` is what the
    child holds, ``swap_used`` and ``memory_free`` are the whole machine's. ``tokens_per_second`` counts real tokens.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")

    step: int
    epoch: int
    attempt: int
    loss: float
    validation_loss: float | None
    learning_rate: float
    grad_norm: float
    tokens: int
    completion_tokens: int
    seconds: float
    tokens_per_second: float
    peak_memory: int
    active_memory: int
    cache_memory: int
    process_memory: int
    swap_used: int
    memory_free: int

    @classmethod
    def of(cls, event: TrainStep, attempt: int) -> Self:
        """The line of a step that has just been done, with what the machine has left now."""
        return cls(
            **event.model_dump(exclude={"type", "total"}),
            attempt=attempt,
            validation_loss=None,
            tokens_per_second=event.tokens / event.seconds,
            swap_used=psutil.swap_memory().used,
            memory_free=psutil.virtual_memory().available,
        )


class MetricsFile:
    """Follows the events of one attempt; what earlier attempts wrote stays, up to the step that training resumes at."""

    def __init__(self, path: Path, attempt: int) -> None:
        self.path, self._attempt = path, attempt
        self._last: StepMetrics | None = None
        self._start = self._end = 0
        self._keep(lambda _: True)

    def see(self, event: Event) -> StepMetrics | None:
        """Take one event in; returns the line that it wrote or changed."""
        match event:
            case Resumed():
                self._keep(lambda line: line.step <= event.step)
            case TrainStep():
                if self._last and self._last.step >= event.step:
                    self._keep(lambda line: line.step < event.step)
                return self._write(StepMetrics.of(event, self._attempt), self._end)
            case Validated() if self._last and self._last.step == event.step:
                return self._write(self._last.model_copy(update={"validation_loss": event.loss}), self._start)
            case _:
                return None

    def _write(self, line: StepMetrics, start: int) -> StepMetrics:
        """Put a line at ``start``, in one call: at the file's end, or over the last line, which it covers."""
        text = line.model_dump_json().encode().ljust(self._end - start - 1) + b"\n"
        descriptor = os.open(self.path, os.O_WRONLY)
        try:
            os.pwrite(descriptor, text, start)
        finally:
            os.close(descriptor)
        self._last, self._start, self._end = line, start, start + len(text)
        return line

    def _keep(self, wanted: Callable[[StepMetrics], bool]) -> None:
        """Write the file anew, whole or not at all, with the wanted lines; one that a kill cut short goes."""
        lines = [line for line in read_metrics(self.path) if wanted(line)]
        texts = [line.model_dump_json() + "\n" for line in lines]
        with replacing(self.path) as temporary:
            temporary.write_text("".join(texts), encoding="utf-8")
        self._last, self._end = lines[-1] if lines else None, sum(map(len, texts))
        self._start = self._end - len(texts[-1]) if texts else 0


def read_metrics(path: Path) -> list[StepMetrics]:
    """The lines of a metrics file; one without an end is not counted."""
    if not path.exists():
        return []
    whole = path.read_bytes().rpartition(b"\n")[0]
    return [StepMetrics.model_validate_json(line) for line in whole.splitlines()]
