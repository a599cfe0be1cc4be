"""`nyay data check`: what is wrong with files of records, row by row and between the rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nyay_lib.base_model.on_disk import find_tokenizer
from nyay_lib.config import PipelineConfig
from nyay_lib.data.budget import Budget
from nyay_lib.data.comparison import compare
from nyay_lib.data.examine import Report, Rules, Tally, tally
from nyay_lib.data.records import QUARANTINES, REJECTS
from nyay_lib.errors import DataError
from nyay_lib.prompt import chat_format

SUFFIXES = (".jsonl", ".jsonl.gz")
VALIDATION = "val"
# Bytes; a second process takes a second to start.
ENOUGH_FOR_TWO = 8 << 20


@dataclass(frozen=True, slots=True)
class Inspection:
    """All that was found. ``tokenizer`` is the name of the model whose tokens were counted.

    ``leaks`` are pairs of a training and a validation row that were not rejected: what was can never be trained on.
    """

    tokenizer: str
    tally: Tally
    leaks: list[tuple[str, str]]

    @property
    def is_clean(self) -> bool:
        """Whether every row was accepted and nothing leaks."""
        return self.tally.accepted == self.tally.rows and not self.leaks

    @property
    def summary(self) -> dict[str, Any]:
        """The counts, by reason in the order in which reasons are looked for."""
        counts = self.tally.reasons
        return {
            "rows": self.tally.rows,
            "accepted": self.tally.accepted,
            "rejected": {reason: counts[reason] for reason in REJECTS if counts[reason]},
            "quarantined": {reason: counts[reason] for reason in QUARANTINES if counts[reason]},
            "leaks": [list(pair) for pair in self.leaks],
            "masked": dict(sorted(self.tally.masked.items())),
            "tokenizer": self.tokenizer,
        }


def inspect(paths: Sequence[Path], config: PipelineConfig, report: Report = lambda rows: None) -> Inspection:
    """Look at every row of the files, and of the files in the folders; ``report`` is told the rows so far.

    Raises DataError when a file cannot be read, BaseModelError when no tokenizer can.
    """
    files = data_files(paths)
    name, tokenizer = find_tokenizer(config.model, config.paths.cache)
    budget = Budget(tokenizer, chat_format(tokenizer.get_vocab()), config.training.max_seq_length)
    compared = compare([file for file in files if not is_validation(file)], [*filter(is_validation, files)])
    rules = Rules(budget, config.data.mask_identifiers)
    counts = tally(files, rules, compared.repeats, _processes(files), report)
    pairs = [(leak.training, leak.validation) for leak in compared.leaks]
    return Inspection(name, counts, [pair for pair in pairs if counts.rejected.isdisjoint(pair)])


def is_validation(path: Path) -> bool:
    """Whether a file holds validation rows, by its name."""
    return path.name.startswith(VALIDATION)


def data_files(paths: Iterable[Path]) -> list[Path]:
    """The files themselves, and in folders all that end in .jsonl or .jsonl.gz, by name; each once.

    Raises DataError for a path that is not there and a folder without records.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise DataError(f"{path}: there is no such file or folder; name .jsonl files or a folder of them")
        found.update(dict.fromkeys(_files_in(path) if path.is_dir() else [path]))
    return list(found)


def _files_in(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.iterdir() if path.name.endswith(SUFFIXES) and path.is_file())
    if not files:
        raise DataError(f"{folder}: holds no {' or '.join(SUFFIXES)} file")
    return files


def _processes(files: Sequence[Path]) -> int:
    return 2 if sum(path.stat().st_size for path in files) > ENOUGH_FOR_TWO else 1
