"""Disk in the summary of a run: what was planned, what it took, what stays, and what was removed to make room."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nyay_lib.disk_use import DiskUse
from nyay_lib.planning.plan import Plan
from nyay_lib.reports.page import Bytes, Cell, grid, size
from nyay_lib.retention import Removed


@dataclass(frozen=True, slots=True)
class Room:
    """The plan where there is one, what was measured, what was removed, and the bytes that the run keeps."""

    plan: Plan | None
    use: DiskUse
    removed: Sequence[Removed]
    kept: int


def room_rows(room: Room) -> Iterator[dict[str, Cell]]:
    """Named figures, in bytes."""
    yield {"figure": "bytes on disk at the peak", "value": Bytes(room.use.peak)}
    yield {"figure": "bytes that were planned for the peak", "value": _planned(room)}
    yield {"figure": "bytes that the run keeps", "value": Bytes(room.kept)}
    yield {"figure": "bytes removed of runs", "value": Bytes(sum(one.bytes for one in room.removed))}


def room_text(room: Room) -> Iterator[str]:
    """In words, with a row for each thing that was removed."""
    planned = _planned(room)
    against = f" ({size(planned)} with a margin were planned for)" if planned is not None else ""
    freed = size(sum(one.bytes for one in room.removed))
    yield "## Disk"
    yield (
        f"At its peak the run took {size(room.use.peak)} of runs and cache{against}, and keeps {size(room.kept)}. "
        f"{f'Removed by the rule in `retention`: {freed}.' if room.removed else 'Nothing had to be removed.'}"
    )
    yield grid([{"run": one.run_id, "removed": one.what, "size": size(one.bytes)} for one in room.removed])


def _planned(room: Room) -> Bytes | None:
    return Bytes(sum(disk.peak for disk in room.plan.disks)) if room.plan else None
