"""The chosen rows as a data set of their own, in the run's folder: frozen there, as the plan is."""

import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from nyay_lib.data.conversion import Split, histogram
from nyay_lib.data.dataset import Dataset, digest_of
from nyay_lib.files import replacing_folder
from nyay_lib.planning.workload import PlannedRow
from nyay_lib.results import seal


def write_chosen(data: Dataset, rows: Sequence[PlannedRow], limit: int, folder: Path) -> Dataset:
    """``data`` with these training rows alone, whole in ``folder``; ``limit`` is the tokens of a row."""
    with replacing_folder(folder) as new:
        for name in ("train_mlx.jsonl", "train_rows.jsonl"):
            _copy_lines(data.folder / name, new / name, {row.place for row in rows})
        for name in ("val_mlx.jsonl", "val_rows.jsonl"):
            shutil.copyfile(data.folder / name, new / name)
        digest = digest_of(new, data.replay)
        files, split = seal(new, (path.name for path in new.iterdir())), _split(data.train, rows, limit)
        told = {"folder": folder, "files": files, "digest": digest, "inputs": digest, "train": split}
        chosen = data.model_copy(update=told)
        chosen.save(new / "dataset.json")
    return chosen


def _copy_lines(source: Path, target: Path, numbers: set[int]) -> None:
    with source.open("rb") as lines, target.open("wb") as file:
        file.writelines(line for number, line in enumerate(lines) if number in numbers)


def _split(split: Split, rows: Sequence[PlannedRow], limit: int) -> Split:
    """The counts of the chosen rows; what was kept out stays that of the whole."""
    lengths = [row.tokens for row in rows]
    return split.model_copy(
        update={
            "rows": len(rows),
            "task_types": dict(sorted(Counter(row.task for row in rows).items())),
            "tokens": sum(lengths),
            "completion_tokens": sum(row.answer for row in rows),
            "longest": max(lengths),
            "shortened": sum(row.lost > 0 for row in rows),
            "tokens_lost": sum(row.lost for row in rows),
            "lengths": histogram(lengths, limit),
        }
    )
