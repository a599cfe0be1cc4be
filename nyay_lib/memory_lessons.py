"""What running out of memory has taught: on which rung the next run of the same model, length and machine begins.

Lessons are filed under the digest of all that memory depends on: another model, adapter, length, machine or version of
MLX has none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import pydantic
from pydantic import BaseModel, ConfigDict

from nyay_lib.attempts import Attempt
from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.config import PipelineConfig
from nyay_lib.files import digest_value, write_text
from nyay_lib.ladder import Rung, ladder, place_of
from nyay_lib.machine import Machine, this_machine

# After so long the larger rung is tried again: what took the memory then may be gone.
VALID = timedelta(days=30)
# A process that was ended without a word may have had another reason; two runs that ended so at one rung had not.
RUNS_TO_BELIEVE = 2


class Lesson(BaseModel):
    """In ``run_id`` memory ran out on the rung ``failed``, and the smaller ``worked`` then got further.

    ``confirmed`` when an exception or its message said so; else ``runs`` says how many runs ended in that way.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    failed: Rung
    worked: Rung
    confirmed: bool
    runs: int
    run_id: str
    learned: datetime

    @property
    def fresh(self) -> bool:
        return datetime.now(UTC) - self.learned < VALID

    @property
    def believed(self) -> bool:
        return self.confirmed or self.runs >= RUNS_TO_BELIEVE

    def __str__(self) -> str:
        verb = "ran out" if self.confirmed else "probably ran out"
        return f"{self.failed} {verb} of memory on {self.learned:%Y-%m-%d} in run {self.run_id}"


class Lessons(BaseModel):
    """All lessons about one model, adapter, length and machine; ``about`` is for people."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: dict[str, str | int | list[str]]
    lessons: list[Lesson] = []


@dataclass(frozen=True, slots=True)
class Start:
    """The rung that a run begins on, and why it is not the configured one, or not although it failed once."""

    rung: Rung
    why: str = ""


def first_rung(config: PipelineConfig, base: Base, machine: Machine | None = None) -> Start:
    """Where a new run begins: the configured rung, or the largest that is not known to run out of memory."""
    rungs = ladder(config)
    known = _read(config, base, machine).lessons if config.memory.remember else []
    heeded = [lesson for lesson in known if lesson.fresh and lesson.believed]
    if not heeded:
        doubts = [f"{lesson}; it is tried again" for lesson in known if lesson.failed == rungs[0]]
        return Start(rungs[0], *doubts[:1])
    lesson = min(heeded, key=lambda lesson: lesson.worked.weight)
    rung = rungs[place_of(lesson.worked, rungs)]
    return Start(rung, f"starts at {rung}: {lesson}" if rung != rungs[0] else "")


def learn(
    config: PipelineConfig, base: Base, run_id: str, attempts: Sequence[Attempt], machine: Machine | None = None
) -> None:
    """Write down what the last of a run's attempts teaches, as soon as it teaches something.

    It got further than an earlier one that ran out of memory on a larger rung: a lesson. It is done on a rung that
    once failed: that lesson is forgotten.
    """
    if not config.memory.remember:
        return
    old = _read(config, base, machine)
    lessons, current = old.lessons, attempts[-1]
    if current.end == "done":
        lessons = [lesson for lesson in lessons if lesson.failed.weight > current.rung.weight]
    if failed := _overcome(attempts):
        lessons = _with(lessons, failed, current.rung, run_id)
    if lessons != old.lessons:
        new = old.model_copy(update={"lessons": lessons})
        write_text(_file(config, new.about), new.model_dump_json(indent=2) + "\n")


def _overcome(attempts: Sequence[Attempt]) -> Attempt | None:
    """The last attempt on a larger rung that ran out of memory, if the current one has got further."""
    *earlier, current = attempts
    larger = [a for a in earlier if a.end == "out of memory" and a.rung.weight > current.rung.weight]
    return larger[-1] if larger and current.to_step > max(larger[-1].from_step, larger[-1].to_step) else None


def _with(lessons: list[Lesson], failed: Attempt, worked: Rung, run_id: str) -> list[Lesson]:
    """The lessons and that of a failed attempt, which takes the place of an older one about the same rung."""
    old = next((lesson for lesson in lessons if lesson.failed == failed.rung), None)
    if old and old.run_id == run_id:
        return lessons
    lesson = Lesson(
        failed=failed.rung,
        worked=worked,
        confirmed=not failed.suspected,
        runs=old.runs + 1 if old and old.fresh else 1,
        run_id=run_id,
        learned=datetime.now(UTC),
    )
    return [*(other for other in lessons if other is not old), lesson]


def _read(config: PipelineConfig, base: Base, machine: Machine | None) -> Lessons:
    about = _about(config, base, machine or this_machine())
    try:
        return Lessons.model_validate_json(_file(config, about).read_bytes())
    except (FileNotFoundError, pydantic.ValidationError):
        return Lessons(about=about)


def _file(config: PipelineConfig, about: dict[str, str | int | list[str]]) -> Path:
    return config.paths.cache / "memory-lessons" / f"{digest_value(about)[:16]}.json"


def _about(config: PipelineConfig, base: Base, machine: Machine) -> dict[str, str | int | list[str]]:
    """All that the memory of a rung depends on."""
    return {
        "model": base.name,
        "model digest": base.digest,
        "target modules": sorted(config.lora.target_modules),
        "rank": config.lora.rank,
        "max_seq_length": config.training.max_seq_length,
        "gradient_checkpointing": config.memory.gradient_checkpointing,
        "ranks": config.distributed.ranks,
        "mlx": version("mlx"),
        **machine.model_dump(),
    }
