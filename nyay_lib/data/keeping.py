"""Acting on rows and cases: quarantined rows are put back, cases are kept out, and each decision is on record."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nyay_lib.config import PipelineConfig
from nyay_lib.data.decisions import Decision, decide, forgotten, read_decisions
from nyay_lib.data.near_duplicates import THRESHOLD
from nyay_lib.data.records import Record, read_records
from nyay_lib.data.shingles import Hashes, WordHashes, jaccard, shingle_hashes
from nyay_lib.data.trace import Trace, mark, require_cnr, trace
from nyay_lib.data.version import Version, json_lines, newest
from nyay_lib.errors import DataError

SHORTEST_DIGEST = 8


@dataclass(frozen=True, slots=True)
class Kept:
    """What forgetting a case came to: where it was, which releases bear a mark, and cases with nearly its text."""

    decision: Decision | None
    found: Trace
    marked: list[str]
    near: dict[str, float]


def release_rows(config: PipelineConfig, ids: Sequence[str], reason: str) -> list[Decision]:
    """Put quarantined rows of the newest version back in every later one; gives the decisions that are new.

    An id is FILENAME:LINE, or the beginning of a row's digest. Either all are released or none.
    Raises DataError for an id that names no such row, or several, and for a case that is kept out.
    """
    require_reason(reason)
    version = require_version(config)
    rows = [_held_row(version, id) for id in ids]
    without = forgotten(read_decisions(config.data.decisions))
    for row in rows:
        if row["cnr"] in without:
            raise DataError(f"{row['id']}: is of {row['cnr']}, which is kept out by {config.data.decisions}")
    return decide(
        config.data.decisions,
        [Decision(action="release", subject=row["digest"], reason=reason, row=row["id"]) for row in rows],
    )


def _held_row(version: Version, id: str) -> dict[str, Any]:
    by_digest = len(id) >= SHORTEST_DIGEST and ":" not in id
    held = json_lines(version.quarantine_file)
    found = [row for row in held if row["id"] == id or (by_digest and row["digest"].startswith(id))]
    if not found:
        raise DataError(
            f"{id!r}: no quarantined row of version {version.name} has this name; see {version.quarantine_file}"
        )
    if len(found) > 1:
        digests = ", ".join(row["digest"] for row in found)
        raise DataError(
            f"{id!r}: names {len(found)} quarantined rows of version {version.name}; name a digest: {digests}"
        )
    return found[0]


def forget_case(config: PipelineConfig, cnr: str, reason: str) -> Kept:
    """Keep a case out of every later version, and mark the releases that saw it.

    Cases with nearly the same text stay: whether they tell the same names is for a person to see, so they are named.
    Raises DataError for what is no CNR.
    """
    require_cnr(cnr)
    require_reason(reason)
    new = decide(config.data.decisions, [Decision(action="forget", subject=cnr, reason=reason)])
    found = trace(config, cnr)
    version = newest(config)
    return Kept(
        new[0] if new else None, found, mark(config, found, reason), near_cases(version, cnr) if version else {}
    )


def near_cases(version: Version, cnr: str) -> dict[str, float]:
    """Other cases of a version with an input of Jaccard THRESHOLD or more to one of this case's, and the index."""
    known = WordHashes()
    files = (version.train_file, version.validation_file)
    own = [shingle_hashes(row.input, known) for file in files for row in _records(file) if row.cnr == cnr]
    near: dict[str, float] = {}
    for file in files if own else ():
        for row in _records(file):
            if row.cnr != cnr and (index := _likeness(shingle_hashes(row.input, known), own)) >= THRESHOLD:
                near[row.cnr] = max(index, near.get(row.cnr, 0.0))
    return near


def _records(path: Path) -> Iterator[Record]:
    return (row for row in read_records(path) if isinstance(row, Record))


def _likeness(shingles: Hashes, own: Sequence[Hashes]) -> float:
    return max(jaccard(shingles, other) for other in own) if len(shingles) else 0.0


def require_version(config: PipelineConfig) -> Version:
    """The newest version. Raises DataError if there is none."""
    version = newest(config)
    if version is None:
        raise DataError(f"{config.data.versions}: holds no version yet; `nyay data update` makes the first")
    return version


def require_reason(reason: str) -> None:
    """Raises DataError for a reason that says nothing."""
    if not reason.strip():
        raise DataError(f"--reason {reason!r} says nothing; say why, for whoever reads the decisions later")
