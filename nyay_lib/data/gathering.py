"""Every row of every source of a version, judged once: what may be learned goes on, the rest is told apart with its
reason. Which side a row stands on is decided after that, when all are known."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

from nyay_lib.data.drift import Labels, labels
from nyay_lib.data.examine import Judged, Said
from nyay_lib.data.leaks import kinship
from nyay_lib.data.records import QUARANTINES, Fault, Record, content
from nyay_lib.data.split import PoolRow
from nyay_lib.data.survey import Settled, Source, Survey, is_held
from nyay_lib.lines import json_line

Role = Literal["train", "validation", "arrival"]


@dataclass(frozen=True, slots=True)
class Origin:
    """A file that rows come from."""

    name: str
    role: Role
    digest: str
    path: Path

    @property
    def source(self) -> Source:
        return Source(self.path, self.role == "validation")


@dataclass(slots=True)
class Count:
    """What came of the rows of one origin, as in `nyay_lib.data.version.Source`."""

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


class Learnable(NamedTuple):
    """What a version keeps of an accepted record: its line, its task, and what it is in the fields of drift."""

    line: str
    task: str
    labels: Labels


def learnable(record: Record, digest: bytes) -> Learnable:
    """The record as a version keeps it."""
    line = json_line(content(record) | {"id": record.id, "digest": digest.hex()})
    return Learnable(line, record.task_type, labels(record))


class Gathering:
    """All rows of a survey: the accepted ones go to a file to be divided, the others to files with their reasons."""

    def __init__(self, origins: Sequence[Origin], surveyed: Survey) -> None:
        self.origins = origins
        self.counts = [Count() for _ in origins]
        self.good: list[Good] = []
        self.held: set[str] = set()
        self._survey = surveyed
        self._cases = surveyed.compared.found.cases
        self._kin = kinship(surveyed.compared.found)
        self._names: dict[str, str] = {}

    def run(self, folder: Path) -> None:
        """Fill accepted.jsonl, rejected.jsonl and quarantine.jsonl in ``folder``. Raises DataError."""
        names = ("accepted", "rejected", "quarantine")
        files = {name: (folder / f"{name}.jsonl").open("w", encoding="utf-8") for name in names}
        try:
            for settled, record in self._survey.rows_with_records(lambda settled: is_held(settled.row)):
                self._note(settled, record, files)
        finally:
            for file in files.values():
                file.close()

    def _note(self, settled: Settled, record: Record | None, files: Mapping[str, IO[str]]) -> None:
        row, count = settled.row, self.counts[settled.source]
        count.rows += 1
        count.forgotten += row.forgotten
        if row.fault:
            self._keep_out(count, row, row.fault, record, files)
        elif row.said and settled.place is not None:
            count.masked.update(row.said.masked)
            self.good.append(self._good(settled.source, settled.place, row.said))
            files["accepted"].write(row.said.made.line)

    def _keep_out(
        self, count: Count, row: Judged, fault: Fault, record: Record | None, files: Mapping[str, IO[str]]
    ) -> None:
        about: dict[str, Any] = {"id": fault.id, "reason": fault.reason, "detail": fault.detail}
        if fault.reason in QUARANTINES and record and row.said:
            digest = row.said.digest.hex()
            count.quarantined[fault.reason] += 1
            self.held.add(digest)
            about |= {"digest": digest, "cnr": record.cnr, "record": content(record)}
            files["quarantine"].write(json_line(about))
        else:
            count.rejected[fault.reason] += 1
            count.seen += fault.reason == "duplicate"
            files["rejected"].write(json_line(about))

    def _good(self, source: int, place: int, said: Said) -> Good:
        """Its id is its number among the accepted ones: names of lines may come twice."""
        made: Learnable = said.made
        kin = str(self._kin.find(int(self._cases[place])))
        row = PoolRow(str(len(self.good)), said.cnr, made.task, said.digest.hex(), self._names.setdefault(kin, kin))
        return Good(source, place, row, made.labels)
