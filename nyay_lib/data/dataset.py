"""Records to conversations within the token budget: the frozen data set that a model is trained and judged on."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.base_model.tokenizer import load_tokenizer
from nyay_lib.config import PipelineConfig
from nyay_lib.data.budget import Budget
from nyay_lib.data.chat import chat_line
from nyay_lib.data.records import Fault, Record, read_records
from nyay_lib.errors import DataError
from nyay_lib.files import digest_file, digest_value, replacing
from nyay_lib.prompt import SYSTEM_PROMPT, chat_format, user_turn
from nyay_lib.results import Result

# Raised when the conversion changes, so that older data sets are not taken for new ones.
CONVERSION = 1
HISTOGRAM_BINS = 24


class Split(BaseModel):
    """Counts of one part of a data set; tokens by the base model's own tokenizer, prompt and answer together."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Path
    rows: int
    rejected: dict[str, int]
    task_types: dict[str, int]
    tokens: int
    completion_tokens: int
    longest: int
    shortened: int
    tokens_lost: int
    lengths: list[int]


class Dataset(Result):
    """Training and validation rows as chat files in a folder named by ``digest``.

    ``shared_cases`` counts validation rows whose case is in the training rows too: what they measure is memory.
    """

    digest: str
    folder: Path
    train: Split
    validation: Split
    shared_cases: int

    @property
    def train_file(self) -> Path:
        return self.folder / "train_mlx.jsonl"

    @property
    def validation_file(self) -> Path:
        return self.folder / "val_mlx.jsonl"


class Converter:
    """Writes one split and counts on the way."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.rejected: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self.task_types: Counter[str] = Counter()
        self.cnrs: list[str] = []
        self.lengths: list[int] = []
        self.completion_tokens = self.shortened = self.lost = 0

    def convert(self, source: Path, target: Path, about: Path) -> Split:
        """Rows of ``source`` as conversations in ``target``, and what each row is in ``about``."""
        with (
            replacing(target) as chat_path,
            replacing(about) as about_path,
            chat_path.open("w", encoding="utf-8") as chats,
            about_path.open("w", encoding="utf-8") as notes,
        ):
            for line, note in self.rows(source):
                chats.write(line)
                notes.write(json.dumps(note, ensure_ascii=False) + "\n")
        if not self.lengths:
            first = f"; the first is {self.faults[0].id}: {self.faults[0].detail}" if self.faults else ""
            raise DataError(f"{source}: holds no usable row ({dict(self.rejected) or 'it is empty'}{first})")
        return self.split(source)

    def rows(self, source: Path) -> Iterator[tuple[str, dict[str, object]]]:
        for found in read_records(source):
            if isinstance(found, Record):
                yield from self.row(found)
            else:
                self.reject(found)

    def row(self, record: Record) -> Iterator[tuple[str, dict[str, object]]]:
        """The record as a conversation, if its answer fits beside its instruction."""
        answer_tokens = self.budget.answer_tokens(record.output)
        fitted = self.budget.fit(record.instruction, record.input, answer_tokens)
        if fitted is None:
            detail = f"output has {answer_tokens} tokens, too many for training.max_seq_length {self.budget.limit}"
            self.reject(Fault(record.id, "output_too_long", detail))
            return
        self.lengths.append(fitted.tokens)
        self.completion_tokens += answer_tokens
        self.shortened += fitted.shortened
        self.lost += fitted.lost
        self.task_types[record.task_type] += 1
        self.cnrs.append(record.cnr)
        note: dict[str, object] = {
            "id": record.id,
            "cnr": record.cnr,
            "task_type": record.task_type,
            "tokens_lost": fitted.lost,
        }
        yield chat_line(user_turn(record.instruction, fitted.source), record.output), note

    def reject(self, fault: Fault) -> None:
        self.rejected[fault.reason] += 1
        self.faults.append(fault)

    def split(self, source: Path) -> Split:
        return Split(
            source=source,
            rows=len(self.lengths),
            rejected=dict(sorted(self.rejected.items())),
            task_types=dict(sorted(self.task_types.items())),
            tokens=sum(self.lengths),
            completion_tokens=self.completion_tokens,
            longest=max(self.lengths),
            shortened=self.shortened,
            tokens_lost=self.lost,
            lengths=histogram(self.lengths, self.budget.limit),
        )


def histogram(lengths: list[int], limit: int) -> list[int]:
    """Number of rows in each of HISTOGRAM_BINS equal ranges of 0..limit tokens."""
    counts = Counter(min(HISTOGRAM_BINS - 1, length * HISTOGRAM_BINS // (limit + 1)) for length in lengths)
    return [counts[i] for i in range(HISTOGRAM_BINS)]


def inputs_digest(config: PipelineConfig, base: Base) -> str:
    """Digest of all that a data set is made from."""
    files = [digest_file(path) for path in (config.data.train, config.data.validation)]
    tokenizer = digest_file(base.folder / "tokenizer.json")
    return digest_value([CONVERSION, files, tokenizer, SYSTEM_PROMPT, config.training.max_seq_length])


def convert(config: PipelineConfig, base: Base) -> Dataset:
    """Make the data set, or hand out the one that was made from the same files before.

    Raises DataError for a file that cannot be read or holds no usable row.
    """
    start = time.monotonic()
    for path in (config.data.train, config.data.validation):
        if not path.is_file():
            raise DataError(f"{path}: there is no such file; data.train and data.validation name the records")
    digest = inputs_digest(config, base)
    folder = config.paths.cache.resolve() / f"dataset-{digest[:16]}"
    if found := Dataset.reuse(folder / "dataset.json", digest):
        return found
    tokenizer = load_tokenizer(base.folder)
    budget = Budget(tokenizer, chat_format(tokenizer.get_vocab()), config.training.max_seq_length)
    train, validation = Converter(budget), Converter(budget)
    splits = [
        converter.convert(source, folder / f"{name}_mlx.jsonl", folder / f"{name}_rows.jsonl")
        for converter, source, name in (
            (train, config.data.train, "train"),
            (validation, config.data.validation, "val"),
        )
    ]
    write_rejected(folder / "rejected.jsonl", [*train.faults, *validation.faults])
    return Dataset(
        inputs=digest,
        seconds=time.monotonic() - start,
        digest=digest_value([digest_file(folder / f"{name}_mlx.jsonl") for name in ("train", "val")]),
        folder=folder,
        train=splits[0],
        validation=splits[1],
        shared_cases=count_shared(train.cnrs, validation.cnrs),
    ).save(folder / "dataset.json")


def write_rejected(path: Path, faults: list[Fault]) -> None:
    """Every line that was not taken, with its reason."""
    with replacing(path) as partial, partial.open("w", encoding="utf-8") as file:
        for fault in faults:
            file.write(
                json.dumps({"id": fault.id, "reason": fault.reason, "detail": fault.detail}, ensure_ascii=False) + "\n"
            )


def count_shared(train: list[str], validation: list[str]) -> int:
    """Validation rows whose case number stands in the training rows."""
    seen = set(train)
    return sum(cnr in seen for cnr in validation)
