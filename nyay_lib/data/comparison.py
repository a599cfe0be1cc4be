"""What rows say of each other: which repeat an earlier case, and which stand on both sides of the split."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from nyay_lib.data.leaks import Leaks, leaks_between
from nyay_lib.data.near_duplicates import InputIndex, NearDuplicates


@dataclass(frozen=True, slots=True)
class Comparison:
    """``repeats`` are the ids, by file, of rows whose input is nearly that of an earlier row of another case on the
    same side; the first stays."""

    repeats: dict[Path, frozenset[str]]
    leaks: Leaks


def compare(training: Sequence[Path], validation: Sequence[Path]) -> Comparison:
    """Compare the records of both sides, within each and with the other.

    Lines that are no records are passed over. Raises DataError if a file cannot be read.
    """
    index = InputIndex()
    for path in training:
        index.add_file(path)
    border = len(index.rows)
    for path in validation:
        index.add_file(path)
    sides = range(border), range(border, len(index.rows))
    found = index.find()
    return Comparison(_by_file(found, [*training, *validation], sides), leaks_between(found, *sides))


def _by_file(found: NearDuplicates, paths: Iterable[Path], sides: Iterable[range]) -> dict[Path, frozenset[str]]:
    repeats: dict[Path, set[str]] = {path: set() for path in paths}
    for side in sides:
        for row in found.repeats(side):
            repeats[found.rows.path(row)].add(found.rows.id(row))
    return {path: frozenset(ids) for path, ids in repeats.items()}
