"""`nyay data check`: what is wrong with files of records, row by row and between the rows."""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nyay_lib.base_model.on_disk import find_tokenizer
from nyay_lib.config import PipelineConfig
from nyay_lib.data.budget import Budget
from nyay_lib.data.examine import Judged, Rules
from nyay_lib.data.records import QUARANTINES, REJECTS, Fault, Reason
from nyay_lib.data.room import Room, limits_with, rooms
from nyay_lib.data.survey import Report, Source, survey
from nyay_lib.errors import DataError
from nyay_lib.prompt import chat_format

SUFFIXES = (".jsonl", ".jsonl.gz")
VALIDATION = "val"
EXAMPLES = 2


def _lengths() -> "array[int]":
    return array("Q")


@dataclass(slots=True)
class Tally:
    """Counts of a pass: every row once, the first two examples of each reason, and the tokens of the accepted rows."""

    rows: int = 0
    reasons: Counter[Reason] = field(default_factory=Counter[Reason])
    examples: dict[Reason, list[Fault]] = field(default_factory=dict[Reason, list[Fault]])
    masked: Counter[str] = field(default_factory=Counter[str])
    lengths: "array[int]" = field(default_factory=_lengths)

    def add(self, row: Judged) -> None:
        """Count one row as it is settled."""
        self.rows += 1
        if fault := row.fault:
            self.reasons[fault.reason] += 1
            examples = self.examples.setdefault(fault.reason, [])
            if len(examples) < EXAMPLES:
                examples.append(fault)
        elif row.said:
            self.masked.update(row.said.masked)
            self.lengths.append(row.said.tokens)

    @property
    def accepted(self) -> int:
        return self.rows - self.reasons.total()


@dataclass(frozen=True, slots=True)
class Inspection:
    """All that was found. ``tokenizer`` is the name of the model whose tokens were counted.

    ``leaks`` are pairs of a training and a validation row that were not rejected: what was can never be trained on.
    ``rooms`` tell what the configured limit, and longer ones, would keep of the accepted rows.
    """

    tokenizer: str
    tally: Tally
    leaks: list[tuple[str, str]]
    rooms: list[Room]

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
            "tokens": sum(self.tally.lengths),
            "tokenizer": self.tokenizer,
        }


def inspect(paths: Sequence[Path], config: PipelineConfig, report: Report = lambda rows: None) -> Inspection:
    """Look at every row of the files, and of the files in the folders; ``report`` is told the rows so far.

    Raises DataError when a file cannot be read, BaseModelError when no tokenizer can.
    """
    sources = [Source(path, is_validation(path)) for path in data_files(paths)]
    name, tokenizer = find_tokenizer(config.model, config.paths.cache)
    limit = config.training.max_seq_length
    budget = Budget(tokenizer, chat_format(tokenizer.get_vocab()), limit)
    tally = Tally()
    with survey(sources, Rules(budget, config.data.mask_identifiers), report) as found:
        for settled in found.rows():
            tally.add(settled.row)
        leaks = [(leak.training, leak.validation) for leak in found.leaks]
    return Inspection(name, tally, leaks, rooms(tally.lengths, limits_with(limit)))


def is_validation(path: Path) -> bool:
    """Whether a file holds validation rows, by its name."""
    return path.name.startswith(VALIDATION)


def data_files(paths: Iterable[Path]) -> list[Path]:
    """The files themselves, and in folders all that end in .jsonl or .jsonl.gz, by name; each once.

    Raises DataError for a path that is not there, a folder without records, and what is neither file nor folder.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise DataError(f"{path}: there is no such file or folder; name .jsonl files or a folder of them")
        if not path.is_dir() and not path.is_file():
            raise DataError(f"{path}: is neither a file nor a folder, and records are read twice; write them to a file")
        found.update(dict.fromkeys(_files_in(path) if path.is_dir() else [path]))
    return list(found)


def _files_in(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.iterdir() if path.name.endswith(SUFFIXES) and path.is_file())
    if not files:
        raise DataError(f"{folder}: holds no {' or '.join(SUFFIXES)} file")
    return files
