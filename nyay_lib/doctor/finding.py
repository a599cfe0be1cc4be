"""One thing that was looked at."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

# A run fails of what is broken; with a warning it goes on, but worse, or something cannot be told yet.
State = Literal["ok", "warning", "broken"]


class Finding(BaseModel):
    """What was found of one thing, and the ``mend``, a command where one helps; empty where nothing is to be done."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    state: State
    found: str
    mend: str = ""


def ok(name: str, found: str) -> Finding:
    return Finding(name=name, state="ok", found=found)


def warning(name: str, found: str, mend: str) -> Finding:
    return Finding(name=name, state="warning", found=found, mend=mend)


def broken(name: str, found: str, mend: str) -> Finding:
    return Finding(name=name, state="broken", found=found, mend=mend)
