"""What a run may take of the machines that it trains on: hours, memory, and how many of them."""

from typing import Literal, Self

import pydantic
from pydantic import Field, NonNegativeInt, PositiveFloat, PositiveInt

from nyay_lib.config.section import Section
from nyay_lib.nights import Nights, parse_hours, parse_zone


class TimeConfig(Section):
    """How long, and when, a run may train."""

    max_hours: PositiveFloat | None = Field(
        default=None,
        description="Hours of training; a longer plan is made to fit, first by epochs, then by rows. Empty: all of it",
    )
    train_between: str | None = Field(
        default=None,
        description="Hours of the day in which training runs, such as 21:00-07:00; it goes on the next night. "
        "Empty: always",
    )
    timezone: str = Field(default="Asia/Kolkata", description="Time zone of train_between")

    @pydantic.field_validator("train_between")
    @classmethod
    def _are_hours(cls, text: str | None) -> str | None:
        if text is None or not text.strip():
            return None
        parse_hours(text)
        return text

    @pydantic.field_validator("timezone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        parse_zone(name)
        return name

    @property
    def nights(self) -> Nights:
        """The hours as a window of the wall clock."""
        hours = parse_hours(self.train_between) if self.train_between else None
        return Nights(hours, parse_zone(self.timezone))


class MemoryConfig(Section):
    """What is done so that training gets by with the memory that there is."""

    remember: bool = Field(
        default=True, description="Begin with the micro-batch that worked when memory ran out in an earlier run"
    )
    unload_ollama: bool = Field(
        default=True, description="Let the Ollama on this machine put its loaded models away before training"
    )
    swap_limit: NonNegativeInt = Field(
        default=512,
        description="MiB of growing swap that, at a third of the expected speed, mean a smaller micro-batch; 0: never",
    )
    gradient_checkpointing: Literal["auto", "always"] = Field(
        default="auto", description="Compute activations twice to save memory: at the smallest micro-batch, or always"
    )


class DistributedConfig(Section):
    """Several machines, or processes on one, that train together: each computes its share of every effective batch."""

    ranks: PositiveInt = Field(default=1, description="Processes that train together; the effective batch must divide")
    hosts: tuple[str, ...] = Field(
        default=(), description="Address of each rank's machine, this one first; empty: all ranks on this machine"
    )
    backend: Literal["ring"] = Field(default="ring", description="How MLX's ranks talk; ring is TCP")
    port: int = Field(
        default=32323, ge=1024, le=65000, description="Rank n listens on this port plus n; without hosts on a free one"
    )
    patience: PositiveFloat = Field(
        default=1800,
        description="Seconds that a rank waits for another before all end; longer than an evaluation",
    )

    @pydantic.model_validator(mode="after")
    def _hosts_have_ranks(self) -> Self:
        if self.hosts and len(self.hosts) != self.ranks:
            raise ValueError(
                f"distributed.hosts names {len(self.hosts)} machines for {self.ranks} ranks: name one for each rank, "
                "a machine twice if two ranks run on it, or none to run all on this one"
            )
        return self
