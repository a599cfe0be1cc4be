"""Inputs of different cases that are nearly one text: batches of cases decided alike, copies under a second number.

Records stream by once. What stays in memory is some 500 bytes for each distinct input and 40 for each row; the few
inputs whose signatures agree are read again from their files, to be compared shingle by shingle.
"""

from array import array
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import numpy as np

from nyay_lib.data.disjoint_sets import DisjointSets
from nyay_lib.data.records import Fault, Record, id_of, line_of, parse, raw_lines
from nyay_lib.data.rows import NO_INPUT, Numbers, Rows
from nyay_lib.data.shingles import (
    BINS,
    LEAST_AGREEING,
    Hashes,
    Signature,
    Sketch,
    WordHashes,
    distinct,
    jaccard,
    shingle_hashes,
    text_digest,
)
from nyay_lib.errors import DataError

THRESHOLD = 0.8
# A form that hundreds of cases share: each is compared with this many before it, not with all, and in a cluster of
# more inputs none is compared that the cluster has already. So work grows with the rows, not with their square.
WIDEST = 100
COMPARED_AT_ONCE = 1 << 14


class InputIndex:
    """Signatures of the inputs of records as they stream by: ``take`` each record, then ``find``."""

    def __init__(self) -> None:
        self.rows = Rows()
        self._numbers: dict[bytes, int] = {}
        self._first_rows = array("q")
        self._signatures = array("B")
        self._known = WordHashes()

    def take(self, path: Path, line: int, cnr: str, sketch: Sketch) -> int:
        """Take the record at a line of the file at ``path``, and say the number of its row, from 0."""
        if sketch.digest not in self._numbers:
            self._numbers[sketch.digest] = self._sign(sketch.signature)
        return self.rows.append(path, line, cnr, self._numbers[sketch.digest])

    def _sign(self, signature: bytes) -> int:
        """The number of a new distinct input, which the next row is the first to have."""
        if not signature:
            return NO_INPUT
        self._first_rows.append(len(self.rows))
        self._signatures.frombytes(signature)
        return len(self._first_rows) - 1

    def first(self, rows: int) -> "InputIndex":
        """An index of so many rows alone."""
        alone = InputIndex()
        digests = {number: digest for digest, number in self._numbers.items()}
        for row, number in enumerate(self.rows.inputs[:rows]):
            signature = b"" if number == NO_INPUT else self._signatures[BINS * number : BINS * (number + 1)].tobytes()
            place = self.rows.place(row)
            known = Sketch(digests[number] if signature else b"", signature)
            alone.take(self.rows.path(row), place.line, self.rows.cnr(row), known)
        return alone

    def find(self) -> "NearDuplicates":
        """Compare the inputs whose signatures agree, which about 999 in 1,000 pairs of Jaccard 0.8 do.

        Reads the files a second time; raises DataError if one cannot be read or has changed since the first.
        """
        cases = self.rows.cases()
        first_rows = np.array(self._first_rows, np.int64)
        signatures = np.asarray(self._signatures).reshape(-1, BINS)
        pairs = candidates(signatures)
        pairs = pairs[cases[first_rows[pairs[:, 0]]] != cases[first_rows[pairs[:, 1]]]]
        pairs = agreeing(pairs, signatures)
        clusters = DisjointSets(len(first_rows))
        with TemporaryFile() as file:
            shingles = ShingleFile(file, self._read_again(distinct(pairs.ravel()).tolist()))
            alike = dict(verified(pairs, shingles, clusters))
        return NearDuplicates(self.rows, cases, clusters, alike)

    def _read_again(self, inputs: list[int]) -> Iterator[tuple[int, Hashes]]:
        """The shingles of these inputs, each file being read once."""
        wanted: defaultdict[int, dict[int, int]] = defaultdict(dict)
        for number in inputs:
            file, line = self.rows.place(self._first_rows[number])
            wanted[file][line] = number
        for file, numbers in wanted.items():
            path = self.rows.paths[file]
            for line, record in chosen_lines(path, frozenset(numbers)):
                number = numbers.pop(line)
                if not isinstance(record, Record) or self._numbers.get(text_digest(record.input)) != number:
                    raise DataError(f"{path}: line {line} has changed while the file was being read; run again")
                yield number, shingle_hashes(record.input, self._known)
            if numbers:
                raise DataError(f"{path}: line {min(numbers)} has gone while the file was being read; run again")


def chosen_lines(path: Path, wanted: Container[int]) -> Iterator[tuple[int, Record | Fault]]:
    """The lines with these numbers, parsed; the others are passed over. Raises DataError."""
    for line in raw_lines(path):
        number = line_of(id_of(line))
        if number in wanted:
            yield number, line if isinstance(line, Fault) else parse(*line)


def candidates(signatures: Signature) -> Numbers:
    """Pairs of inputs that agree in a band, each once and in order, as an array of two columns.

    ``signatures`` has a row for each input. The eight bits of eight bins are one number: the band's key.
    """
    found = np.empty(0, np.int64)
    for band in signatures.view(np.uint64).T:
        order = np.argsort(band, kind="stable")
        ordered, starts = band[order], np.arange(len(order))
        pairs = [found]
        for lag in range(1, WIDEST + 1):
            starts = starts[starts + lag < len(order)]
            starts = starts[ordered[starts] == ordered[starts + lag]]
            if not len(starts):
                break
            pairs.append(order[starts] << 32 | order[starts + lag])
        found = distinct(np.concatenate(pairs)) if len(pairs) > 1 else found
    return np.column_stack([found >> 32, found & 0xFFFFFFFF])


def agreeing(pairs: Numbers, signatures: Signature) -> Numbers:
    """Those of the pairs whose signatures agree in a share of LEAST_AGREEING of the bins."""
    kept = [pairs[:0]]
    for start in range(0, len(pairs), COMPARED_AT_ONCE):
        some = pairs[start : start + COMPARED_AT_ONCE]
        same = signatures[some[:, 0]] == signatures[some[:, 1]]
        kept.append(some[same.mean(axis=1) >= LEAST_AGREEING])
    return np.concatenate(kept)


class ShingleFile:
    """Shingles of many inputs in a file: too many for memory where a whole data set is alike."""

    def __init__(self, file: IO[bytes], shingles: Iterable[tuple[int, Hashes]]) -> None:
        self._file = file
        self._spans: dict[int, tuple[int, int]] = {}
        for number, hashes in shingles:
            self._spans[number] = file.tell(), len(hashes)
            file.write(hashes.tobytes())

    def read(self, number: int) -> Hashes:
        place, length = self._spans[number]
        self._file.seek(place)
        return np.frombuffer(self._file.read(8 * length), np.uint64)


def verified(pairs: Numbers, shingles: ShingleFile, clusters: DisjointSets) -> Iterator[tuple[tuple[int, int], float]]:
    """The pairs of Jaccard THRESHOLD and above with their index, each joined in ``clusters``."""
    firsts, starts = np.unique(pairs[:, 0], return_index=True)
    partners = np.split(pairs[:, 1], starts[1:])  # of no pairs, one empty array
    for first, seconds in zip(firsts.tolist(), partners, strict=False):
        one = shingles.read(first)
        for second in seconds.tolist():
            if clusters.size(first) > WIDEST and clusters.find(first) == clusters.find(second):
                continue
            if (index := jaccard(one, shingles.read(second))) >= THRESHOLD:
                clusters.union(first, second)
                yield (first, second), index


@dataclass(frozen=True, slots=True)
class NearDuplicates:
    """Which inputs are nearly one text.

    ``cases`` gives the number of each row's case, ``clusters`` the sets of inputs that are joined by pairs of
    ``alike``, the Jaccard index of pairs of inputs: all pairs at or above THRESHOLD, and in a cluster of over WIDEST
    inputs enough of them to join it.
    """

    rows: Rows
    cases: Numbers
    clusters: DisjointSets
    alike: dict[tuple[int, int], float]

    def jaccard(self, one: int, other: int) -> float | None:
        """The index of two rows' inputs, if they are alike and were compared."""
        first, second = sorted((self.rows.inputs[one], self.rows.inputs[other]))
        return 1.0 if first == second != NO_INPUT else self.alike.get((first, second))

    def cluster(self, row: int) -> int:
        """The number of the row's cluster of inputs, or NO_INPUT."""
        number = self.rows.inputs[row]
        return number if number == NO_INPUT else self.clusters.find(number)

    def repeats(self, rows: Iterable[int]) -> Iterator[int]:
        """Of one split's rows, given in order, those to be set aside: not of the first case in their cluster."""
        stays: dict[int, int] = {}
        for row in rows:
            cluster, case = self.cluster(row), int(self.cases[row])
            if cluster != NO_INPUT and stays.setdefault(cluster, case) != case:
                yield row
