"""One pass over files of records: every row judged by itself, then held against the others.

Rows are judged as they are read, in several processes, and what came of each waits in a temporary file until all
inputs have been compared. A row that is rejected plays no further part: nothing repeats it and it leaks nothing, since
it can never be trained on. A quarantined one may be put back, so it counts.
"""

import pickle
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import accumulate, chain
from pathlib import Path
from typing import IO, NamedTuple

from nyay_lib.data.examine import Judged, Rules
from nyay_lib.data.leaks import Leaks, leaks_between
from nyay_lib.data.near_duplicates import InputIndex, NearDuplicates
from nyay_lib.data.records import QUARANTINES, Fault, Record, id_of, line_of, parse, raw_lines
from nyay_lib.data.seen import Digests
from nyay_lib.data.workers import judge_all, processes_for
from nyay_lib.errors import DataError

Report = Callable[[int], None]

# A row's place as one number: its file's, then its line's.
LINE_BITS = 32
LINE_MASK = (1 << LINE_BITS) - 1


class Source(NamedTuple):
    """A file of records, and whether it holds validation rows."""

    path: Path
    is_validation: bool


class Settled(NamedTuple):
    """A row with what the others say of it: the number of its source, and its own among the rows that were compared,
    None if it was not."""

    source: int
    place: int | None
    row: Judged


class Compared(NamedTuple):
    """Near-duplicates, and the numbers of each source's rows among those that were compared."""

    found: NearDuplicates
    places: list[range]


@dataclass(frozen=True, slots=True)
class Survey:
    """All rows of some files, and how they compare. It can be read while the call that made it is open."""

    sources: Sequence[Source]
    rules: Rules
    index: InputIndex
    compared: Compared
    waiting: "Waiting"

    @property
    def leaks(self) -> Leaks:
        """Pairs of a training and a validation row of one kin, neither of them rejected."""
        return leaks_between(self.compared.found, *(self._side(is_validation=side) for side in (False, True)))

    def first(self, sources: int) -> Compared:
        """The rows of so many sources compared as if there were no others."""
        if sources == len(self.sources):
            return self.compared
        places = self.compared.places[:sources]
        return Compared(self.index.first(places[-1].stop if places else 0).find(), places)

    def rows(self) -> Iterator[Settled]:
        """Every row of every source, in order; of rows of several cases with nearly one text, the first case stays."""
        found = self.compared.found
        repeats = {row for side in (False, True) for row in found.repeats(self._side(is_validation=side))}
        place = 0
        for source, row in self.waiting:
            if not is_compared(row):
                yield Settled(source, None, row)
                continue
            yield Settled(source, place, self._repeating(row) if place in repeats else row)
            place += 1

    def rows_with_records(self, wanted: Callable[[Settled], bool]) -> Iterator[tuple[Settled, Record | None]]:
        """Each row, and the record as it was read where it is ``wanted``.

        Reads the files again; raises DataError if one cannot be read, or has changed.
        """
        lines = chain.from_iterable(raw_lines(source.path) for source in self.sources)
        for settled in self.rows():
            row, line = settled.row, next(lines, None)
            if line is None or id_of(line) != row.id:
                raise DataError(f"{self.sources[settled.source].path}: has changed while it was being read; run again")
            record = parse(*line) if isinstance(line, tuple) and wanted(settled) else None
            yield settled, record if isinstance(record, Record) else None

    def _side(self, *, is_validation: bool) -> list[int]:
        sources = zip(self.sources, self.compared.places, strict=True)
        return [row for source, rows in sources if source.is_validation is is_validation for row in rows]

    def _repeating(self, row: Judged) -> Judged:
        if row.said and row.said.digest in self.rules.released:
            return row
        detail = "says nearly the same as an earlier row of another case"
        return replace(row, fault=Fault(row.id, "near_duplicate", detail))


def is_compared(row: Judged) -> bool:
    """Whether a row is a record that is neither rejected nor left out."""
    return row.said is not None and (row.fault is None or is_held(row))


def is_held(row: Judged) -> bool:
    """Whether a row is quarantined."""
    return row.fault is not None and row.fault.reason in QUARANTINES


class Waiting:
    """Rows in a file, as some of them are long: written once, then read in order as often as is wanted."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._count = file, 0

    def add(self, source: int, row: Judged) -> None:
        pickle.dump((source, row), self._file, pickle.HIGHEST_PROTOCOL)
        self._count += 1

    def __iter__(self) -> Iterator[tuple[int, Judged]]:
        self._file.seek(0)
        return (pickle.load(self._file) for _ in range(self._count))  # noqa: S301 (add wrote it)


@contextmanager
def survey(
    sources: Sequence[Source], rules: Rules, report: Report = lambda rows: None, processes: int | None = None
) -> Generator[Survey]:
    """Judge and compare all rows of the files; ``report`` is told the number of rows so far.

    Memory holds some lines, 500 bytes for each distinct input, and 100 for each row. The number of ``processes`` is
    what the size of the files is worth, if none is given. Raises DataError when a file cannot be read, or changes
    meanwhile.
    """
    with tempfile.TemporaryFile() as file:
        index, waiting = InputIndex(), Waiting(file)
        processes = processes or processes_for(sum(source.path.stat().st_size for source in sources))
        try:
            places = _judge(sources, rules, processes, index, waiting, report)
        except OSError as error:
            folder = tempfile.gettempdir()
            raise DataError(f"{folder}: has no room ({error.strerror}); make some, or set TMPDIR") from error
        yield Survey(sources, rules, index, Compared(index.find(), places), waiting)


def _judge(
    sources: Sequence[Source], rules: Rules, processes: int, index: InputIndex, waiting: Waiting, report: Report
) -> list[range]:
    """Fill ``index`` and ``waiting``; gives the numbers of each source's rows in the index."""
    counts = [0] * len(sources)
    seen = {False: Digests(), True: Digests()}
    lines = (raw_lines(source.path) for source in sources)
    for number, (source, row) in enumerate(judge_all(lines, rules, processes), start=1):
        said, file = row.said, sources[source]
        here = source << LINE_BITS | line_of(row.id)
        if said and (first := seen[file.is_validation].add(said.digest, here)) is not None:
            earlier = f"{sources[first >> LINE_BITS].path.name}:{first & LINE_MASK}"
            row = replace(row, fault=Fault(row.id, "duplicate", f"says the same as {earlier}"))
        elif said and said.sketch:
            index.take(file.path, line_of(row.id), said.cnr, said.sketch)
            counts[source] += 1
        waiting.add(source, row)
        report(number)
    return [range(end - count, end) for end, count in zip(accumulate(counts), counts, strict=True)]
