"""Every row of every source of a version, judged once: what may be learned goes on, the rest is told apart with its
reason. Which side a row stands on is decided after that, when all are known."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from nyay_lib.data.drift import Labels, labels
from nyay_lib.data.examine import Judged, Rules, judge_all, settle
from nyay_lib.data.leaks import kinship
from nyay_lib.data.near_duplicates import InputIndex, NearDuplicates
from nyay_lib.data.records import QUARANTINES, Fault, Record, raw_lines, read_records
from nyay_lib.data.seen import Digests
from nyay_lib.data.split import PoolRow
from nyay_lib.errors import DataError

Role = Literal["train", "validation", "arrival"]


@dataclass(frozen=True, slots=True)
class Origin:
    """A file that rows come from."""

    name: str
    role: Role
    digest: str
    path: Path


@dataclass(slots=True)
class Count:
    """What came of the rows of one origin, as in `Source`."""

    rows: int = 0
    seen: int = 0
    forgotten: int = 0
    rejected: Counter[str] = field(default_factory=Counter[str])
    quarantined: Counter[str] = field(default_factory=Counter[str])
    masked: Counter[str] = field(default_factory=Counter[str])


@dataclass(frozen=True, slots=True)
class Good:
    """An accepted row: its origin's number, its place among all rows that were compared, and what it is."""

    origin: int
    place: int
    row: PoolRow
    labels: Labels


@dataclass(frozen=True, slots=True)
class Compared:
    """Near-duplicates over the origins in their order, and the numbers of each origin's rows."""

    found: NearDuplicates
    places: list[range]


def compare_origins(origins: Sequence[Origin], without: frozenset[str]) -> Compared:
    """Compare the records of all origins but those of the cases ``without``. Raises DataError."""
    index, places = InputIndex(), list[range]()
    for origin in origins:
        start = len(index.rows)
        for record in read_records(origin.path):
            if isinstance(record, Record) and record.cnr not in without:
                index.add(origin.path, record)
        places.append(range(start, len(index.rows)))
    return Compared(index.find(), places)


def repeats(compared: Compared, origins: Sequence[Origin]) -> frozenset[int]:
    """Rows that are nearly the same as an earlier one of another case on their side, which is the file's side."""
    found: set[int] = set()
    for held_out in (True, False):
        sides = zip(origins, compared.places, strict=True)
        rows = [row for origin, places in sides if (origin.role == "validation") is held_out for row in places]
        found.update(compared.found.repeats(rows))
    return frozenset(found)


class Gathering:
    """Judges all rows, writes the accepted ones to a file to be divided, and the others with their reasons."""

    def __init__(self, origins: Sequence[Origin], compared: Compared, rules: Rules, without: frozenset[str]) -> None:
        self.origins, self.rules, self.without = origins, rules, without
        self.counts = [Count() for _ in origins]
        self.good: list[Good] = []
        self.held: set[str] = set()
        self._places = compared.places
        self._cases = compared.found.cases
        self._kin = kinship(compared.found)
        self._repeats = repeats(compared, origins)
        self._known: dict[str, str] = {}

    def run(self, folder: Path) -> None:
        """Fill accepted.jsonl, rejected.jsonl and quarantine.jsonl in ``folder``. Raises DataError."""
        names = ("accepted", "rejected", "quarantine")
        files = {name: (folder / f"{name}.jsonl").open("w", encoding="utf-8") for name in names}
        seen = {"validation": Digests(), "training": Digests()}
        try:
            for number, origin in enumerate(self.origins):
                self._judge(number, seen["validation" if origin.role == "validation" else "training"], files)
        finally:
            for file in files.values():
                file.close()

    def _judge(self, number: int, seen: Digests, files: Mapping[str, IO[str]]) -> None:
        places, count = iter(self._places[number]), self.counts[number]
        for judged in judge_all(raw_lines(self.origins[number].path), self.rules):
            count.rows += 1
            if judged.said and judged.said.cnr in self.without:
                count.forgotten += 1
                continue
            place = next(places, None) if judged.said else -1
            if place is None:
                raise DataError(f"{self.origins[number].path}: has grown while it was being read; run again")
            near = (judged.id,) if place in self._repeats and judged.digest not in self.rules.released else ()
            self._note(number, place, settle(judged, seen, near), files)

    def _note(self, number: int, place: int, row: Judged, files: Mapping[str, IO[str]]) -> None:
        if row.fault:
            self._keep_out(self.counts[number], row, row.fault, files)
        elif row.record and row.digest:
            self.counts[number].masked.update(row.masked)
            self.good.append(
                Good(number, place, self._pool_row(place, row.record, row.digest.hex()), labels(row.record))
            )
            write_line(files["accepted"], content(row.record) | {"id": row.id, "digest": row.digest.hex()})

    def _keep_out(self, count: Count, row: Judged, fault: Fault, files: Mapping[str, IO[str]]) -> None:
        about: dict[str, Any] = {"id": fault.id, "reason": fault.reason, "detail": fault.detail}
        if fault.reason in QUARANTINES and row.said and row.digest:
            count.quarantined[fault.reason] += 1
            self.held.add(row.digest.hex())
            about |= {"digest": row.digest.hex(), "cnr": row.said.cnr, "record": content(row.said)}
            write_line(files["quarantine"], about)
        else:
            count.rejected[fault.reason] += 1
            count.seen += fault.reason == "duplicate"
            write_line(files["rejected"], about)

    def _pool_row(self, place: int, record: Record, digest: str) -> PoolRow:
        """Its id is its number among the accepted ones: names of lines may come twice."""
        kin = str(self._kin.find(int(self._cases[place])))
        return PoolRow(str(len(self.good)), record.cnr, record.task_type, digest, self._known.setdefault(kin, kin))


def content(record: Record) -> dict[str, Any]:
    """What a record says, as it stands in a file of records."""
    return {
        "instruction": record.instruction,
        "input": record.input,
        "output": record.output,
        "metadata": record.metadata,
    }


def write_line(file: IO[str], value: dict[str, Any]) -> None:
    """Add one JSON object to a file of lines."""
    file.write(json.dumps(value, ensure_ascii=False) + "\n")
