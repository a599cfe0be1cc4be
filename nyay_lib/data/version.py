"""A version of a data set: a folder named by its digest, whose manifest is written last, so its presence means whole.

data/versions/<digest>/   train.jsonl val.jsonl    the rows, masked as configured, each with its digest and origin
                          quarantine.jsonl rejected.jsonl leaks.jsonl    what was kept out, and why
                          rows.jsonl               digest, CNR and side of each row
                          validation.json          the rows that validation consists of, for good
                          manifest.json
data/versions/sources/    copies of the files that arrived
data/versions/built/      which version came of which inputs
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pydantic

from nyay_lib.config import PipelineConfig
from nyay_lib.data.drift import Drift, Mix
from nyay_lib.data.leaks import Leak
from nyay_lib.data.records import Record, read_records
from nyay_lib.data.split import FrozenValidation, load_frozen
from nyay_lib.errors import DataError
from nyay_lib.frozen import Frozen

DIGITS = 16
MANIFEST = "manifest.json"
DIGEST = re.compile(r"[0-9a-f]+")

Side = Literal["train", "validation"]


class Source(Frozen):
    """A file that a version was made from, and what came of its rows.

    Each row is in one of ``accepted`` (by side), ``held_out`` (kin to validation), ``left_out`` (of the validation
    file, kin to training), ``rejected``, ``quarantined`` or ``forgotten``. ``seen`` rows say what an earlier row says,
    ``new_rows`` are accepted ones that the parent does not have, of ``new_cases`` that it does not have either.
    """

    name: str
    role: Literal["train", "validation", "arrival"]
    digest: str
    rows: int
    accepted: dict[Side, int]
    seen: int
    new_rows: int
    new_cases: int
    held_out: int
    left_out: int
    forgotten: int
    rejected: dict[str, int]
    quarantined: dict[str, int]
    masked: dict[str, int]


class Part(Frozen):
    """One side: its rows, their cases and tasks, and the digest of its file."""

    rows: int
    cases: int
    tasks: dict[str, int]
    digest: str


class News(Frozen):
    """What a version has that its parent has not, and the parent's rows that it no longer has."""

    rows: int
    cases: int
    seen: int
    gone: int
    sources: tuple[str, ...]


class Version(Frozen):
    """All about a version. ``leaks`` are pairs of given files, whose validation rows are left out; ``held_out`` pairs
    are of rows that came later and are kept out of training, since they are kin to validation.

    ``reused`` and ``waiting`` tell of the call that gave it: that nothing new was there, and which files were not
    taken.
    """

    digest: str
    inputs: str
    created: datetime
    parent: str | None
    belongs_to: str
    validation_source: str | None
    mask_identifiers: bool
    sources: tuple[Source, ...]
    train: Part
    validation: Part
    frozen: str
    frozen_missing: int
    leaks: int
    first_leaks: tuple[Leak, ...]
    held_out: int
    first_held_out: tuple[Leak, ...]
    forgotten_cases: int
    released_rows: int
    new: News
    mix: Mix
    drift: tuple[Drift, ...]
    folder: Path = pydantic.Field(exclude=True)
    reused: bool = pydantic.Field(default=False, exclude=True)
    waiting: tuple[str, ...] = pydantic.Field(default=(), exclude=True)

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.digest[:DIGITS]

    @property
    def train_file(self) -> Path:
        return self.folder / "train.jsonl"

    @property
    def validation_file(self) -> Path:
        return self.folder / "val.jsonl"

    @property
    def quarantine_file(self) -> Path:
        return self.folder / "quarantine.jsonl"

    @property
    def rows_file(self) -> Path:
        return self.folder / "rows.jsonl"

    def counts(self, what: Literal["rejected", "quarantined", "masked"], side: Side) -> dict[str, int]:
        """Rows by reason, or identifiers by kind, over the sources of one side."""
        total: dict[str, int] = {}
        for source in self.sources:
            if (source.role == "validation") == (side == "validation"):
                for key, count in getattr(source, what).items():
                    total[key] = total.get(key, 0) + count
        return dict(sorted(total.items()))

    @property
    def frozen_validation(self) -> FrozenValidation:
        """The rows that validation consists of. Raises DataError if the file is damaged."""
        return load_frozen(self.folder / "validation.json")


def home(config: PipelineConfig) -> Path:
    """The folder that holds the versions."""
    return config.data.versions.resolve()


def version_folder(config: PipelineConfig, digest: str) -> Path:
    """Where the version with this digest lies, if it is there."""
    return home(config) / digest[:DIGITS]


def versions_of(config: PipelineConfig) -> list[Version]:
    """Every version, oldest first. Raises DataError if a manifest is damaged."""
    found = home(config).glob(f"[0-9a-f]*/{MANIFEST}")
    return sorted((load_version(path.parent) for path in found), key=lambda version: version.created)


def newest(config: PipelineConfig) -> Version | None:
    """The version that was made last. Raises DataError if a manifest is damaged."""
    found = versions_of(config)
    return found[-1] if found else None


def find_version(config: PipelineConfig, digest: str) -> Version:
    """The version with this digest, or one that begins so. Raises DataError if there is none."""
    if not DIGEST.fullmatch(digest):
        raise DataError(f"{digest!r} is no version: give the digits of its digest, as `nyay data versions` shows them")
    folder = version_folder(config, digest)
    if not (folder / MANIFEST).exists():
        raise DataError(f"{folder}: there is no version {digest!r}; it was removed, or data.versions is another folder")
    return load_version(folder)


def load_version(folder: Path) -> Version:
    """Read a manifest. Raises DataError if it is not there or does not hold one."""
    path = folder / MANIFEST
    try:
        return Version.model_validate(json.loads(path.read_bytes()) | {"folder": folder})
    except (OSError, ValueError, TypeError) as error:
        raise DataError(
            f"{path}: does not describe a version ({str(error).splitlines()[0]}); restore it, or remove the folder"
        ) from error


def rows_of(path: Path) -> Iterator[Record]:
    """The rows of a version's train or val file: examined when it was made. Raises DataError if one is damaged."""
    for found in read_records(path):
        if not isinstance(found, Record):
            raise DataError(f"{path}: {found.id} is damaged ({found.detail}); remove the version to make it anew")
        yield found


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects in a file that a version holds."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
