"""The files, written line by line."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from data.sample.generator.faults.catalogue import LEAKS, named_faults
from data.sample.generator.plans import Plan
from data.sample.generator.records import encode
from data.sample.generator.rows import TRAIN, VALIDATION, Rows


def generate(
    folder: Path,
    rows: int = 8000,
    seed: int = 1,
    validation_share: float = 0.1,
    mean_words: int = 3000,
    faults: str | Sequence[str] = "none",
    fault_share: float = 0.02,
) -> dict[str, Any]:
    """Write train.jsonl, val.jsonl and truth.jsonl to ``folder`` and return the counts.

    Two rows a case, so the files share none. ``fault_share`` is the share of faulty rows in each file, over which the
    named classes take turns; leaks are planted in training. The same arguments give the same bytes.
    Raises ValueError for an unknown fault, or where there are too few rows for the faults.
    """
    classes = named_faults(faults)
    held_out = round(rows * validation_share)
    inside = tuple(name for name in classes if name not in LEAKS)
    plans = {
        TRAIN: Plan(TRAIN, rows - held_out, seed, classes, fault_share),
        VALIDATION: Plan(VALIDATION, held_out, seed, inside, fault_share),
    }
    planted = _write(folder, Rows(plans, seed, mean_words))
    return {"train": plans[TRAIN].rows, "validation": held_out, "planted": dict(sorted(planted.items()))}


def _write(folder: Path, rows: Rows) -> Counter[str]:
    """Write the rows as they come, and count the faults."""
    planted: Counter[str] = Counter()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "truth.jsonl").open("wb") as truths:
        for name in rows.plans:
            with (folder / name).open("wb") as file:
                for line, about in rows.lines(name):
                    file.write(line + b"\n")
                    truths.write(encode(about) + b"\n")
                    planted[about["fault"] or "clean"] += 1
    return planted
