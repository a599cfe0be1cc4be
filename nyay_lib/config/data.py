"""Where the data lies, and how much of it that is new starts a run."""

from pathlib import Path
from typing import Literal

from pydantic import Field, PositiveInt

from nyay_lib.config.section import Ratio, Section


class DataConfig(Section):
    """Where the instruction records lie."""

    train: Path = Field(default=Path("data/training/train.jsonl"), description="File of the records to train on")
    validation: Path = Field(default=Path("data/training/val.jsonl"), description="File of the records to measure on")
    strict: bool = Field(
        default=False,
        description="A run whose validation rows leak into training stops; else the gate goes by the leak-free ones",
    )
    mask_identifiers: bool = Field(
        default=True, description="Whether Aadhaar, PAN, telephone, e-mail and bank numbers become tokens as [PHONE]"
    )
    incoming: Path = Field(default=Path("data/incoming"), description="Folder in which new files of records arrive")
    versions: Path = Field(
        default=Path("data/versions"), description="Folder of the versions of this data set, each named by its digest"
    )
    decisions: Path = Field(
        default=Path("data/decisions.jsonl"), description="What persons decided: rows put back, cases kept out"
    )
    validation_share: Ratio = Field(
        default=0.1, description="Share of rows that a version validates on where there is no validation file"
    )


class RetrainingConfig(Section):
    """When a model is trained anew without being told to."""

    new_cases: PositiveInt = Field(
        default=100, description="Cases that no run has trained on; so many start a run by themselves, fewer wait"
    )
    start: Literal["base", "production"] = Field(
        default="base",
        description="Whether a run starts over from the base on all rows, or goes on from the adapter in production on "
        "the rows that it does not know and a share of those that it does",
    )
    replay: float = Field(
        default=0.5, ge=0.0, lt=1.0, description="Share of known rows in what is trained on, if production is the start"
    )
    weekly: bool = Field(
        default=False, description="Whether `nyay up` also switches on the weekly run, if there is anything new by then"
    )
