"""Pools of records divided from files, as a version does it from its sources."""

from collections.abc import Sequence
from pathlib import Path

from nyay_lib.data.leaks import kinship
from nyay_lib.data.records import Record, read_records
from nyay_lib.data.split import Division, PoolRow, choose, divide, load_frozen
from nyay_lib.files import digest_value, write_text
from tests.nyay_lib.data.judgments import indexed


def split_pool(paths: Sequence[Path], frozen: Path, share: float, seed: int) -> Division:
    """Divide the records of these files by the choice in the file ``frozen``, which the first call makes."""
    rows = read_pool(paths)
    if not frozen.exists():
        write_text(frozen, choose(rows, share, seed).model_dump_json(indent=2) + "\n")
    return divide(rows, load_frozen(frozen))


def read_pool(paths: Sequence[Path]) -> list[PoolRow]:
    """The records of these files with their kin, which is named by its least CNR."""
    records = [record for path in paths for record in read_records(path) if isinstance(record, Record)]
    about = [(record.id, record.cnr, record.task_type, content_digest(record)) for record in records]
    found = indexed(*paths).find()
    kin = kinship(found)  # cases are numbered in the order of their CNRs, so a set's least number is its least CNR
    names = {int(case): row[1] for case, row in zip(found.cases, about, strict=True)}
    return [PoolRow(*row, names[kin.find(int(case))]) for case, row in zip(found.cases, about, strict=True)]


def content_digest(record: Record) -> str:
    """SHA-256 of what a row says, wherever it stands."""
    return digest_value([record.cnr, record.task_type, record.instruction, record.input, record.output])
