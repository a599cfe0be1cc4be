"""A pool of records divided into training and validation, kin by kin, and a validation set that never moves again.

Rows of one case, or of cases with nearly one text, are kin and stand on one side. The choice is a matter of the seed
and the kin alone, not of the order of rows. Once made it is frozen: later rows go to training, or nowhere if they are
kin to validation.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pydantic

from nyay_lib.errors import DataError
from nyay_lib.files import digest_value
from nyay_lib.frozen import Frozen


@dataclass(frozen=True, slots=True)
class PoolRow:
    """A row of a pool: an id of its own, its case, its task, the digest of its content, and the name of its kin."""

    id: str
    cnr: str
    task: str
    digest: str
    kin: str


class FrozenValidation(Frozen):
    """The rows that validation consists of, for good: digest of content to CNR, and how they were chosen."""

    seed: int
    share: float
    rows: dict[str, str]

    @property
    def digest(self) -> str:
        """SHA-256 over the rows; the same for the same validation set."""
        return digest_value(self.rows)


@dataclass(frozen=True, slots=True)
class Division:
    """The ids of a pool's rows by side, in the pool's order.

    ``held_out`` came after the choice and are kin to validation, so they enter neither side. ``missing`` are the
    frozen rows that the pool no longer holds, as digests.
    """

    training: tuple[str, ...]
    validation: tuple[str, ...]
    held_out: tuple[str, ...]
    missing: tuple[str, ...]


def load_frozen(path: Path) -> FrozenValidation:
    """Read the choice. Raises DataError if the file does not hold one."""
    try:
        return FrozenValidation.model_validate_json(path.read_bytes())
    except (OSError, pydantic.ValidationError) as error:
        raise DataError(
            f"{path}: does not hold the frozen validation rows ({str(error).splitlines()[0]}); restore it, or remove "
            "it to choose anew, after which older results cannot be compared"
        ) from error


def choose(rows: Sequence[PoolRow], share: float, seed: int) -> FrozenValidation:
    """Choose whole kins until each task has its ``share`` of rows, as nearly as kins allow; either side gets one.

    Raises DataError for a pool of fewer than two kins.
    """
    tasks: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        tasks[row.kin][row.task] += 1
    if len(tasks) < 2:
        raise DataError(f"{len(rows)} rows of {len(tasks)} unrelated cases cannot be divided; add further cases")
    order = sorted(tasks, key=lambda kin: hashlib.sha256(f"{seed}/{kin}".encode()).digest())
    targets = {task: share * count for task, count in sum(tasks.values(), Counter[str]()).items()}
    # The last is not offered: training gets one kin at least.
    chosen = fill([(kin, tasks[kin]) for kin in order[:-1]], targets)
    chosen = chosen or {min(order, key=lambda kin: tasks[kin].total())}
    return FrozenValidation(seed=seed, share=share, rows={row.digest: row.cnr for row in rows if row.kin in chosen})


def fill(kins: Iterable[tuple[str, Counter[str]]], targets: dict[str, float]) -> set[str]:
    """Those kins, taken in order, that bring the numbers of rows by task nearer to the targets."""
    chosen: set[str] = set()
    room = dict(targets)
    for kin, counts in kins:
        if sum(abs(room[task] - counts[task]) - abs(room[task]) for task in counts) < 0:
            chosen.add(kin)
            for task, count in counts.items():
                room[task] -= count
    return chosen


def divide(rows: Sequence[PoolRow], frozen: FrozenValidation) -> Division:
    """Each row on its side: validation if it was chosen, nowhere if it is kin to what was, else training.

    Kin is found by CNR too, so that it holds where the chosen rows themselves are gone. A second copy of a chosen row
    is held out.
    """
    cases = set(frozen.rows.values())
    near = {row.kin for row in rows if row.cnr in cases or row.digest in frozen.rows}
    sides: dict[str, list[str]] = {"training": [], "validation": [], "held_out": []}
    missing = dict(frozen.rows)
    for row in rows:
        if missing.pop(row.digest, None):
            sides["validation"].append(row.id)
        else:
            sides["held_out" if row.kin in near else "training"].append(row.id)
    return Division(**{side: tuple(ids) for side, ids in sides.items()}, missing=tuple(missing))
