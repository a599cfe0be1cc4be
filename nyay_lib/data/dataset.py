"""Records to conversations within the token budget: the frozen data set that a model is trained and judged on.

No row enters unexamined. What is rejected or quarantined lies beside the data set, each row with its reason, and
validation rows whose case or text is trained on are left out of what is measured.
"""

import json
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.base_model.tokenizer import load_tokenizer
from nyay_lib.config import PipelineConfig
from nyay_lib.data.budget import Budget
from nyay_lib.data.chat import chat_line
from nyay_lib.data.comparison import compare
from nyay_lib.data.examine import Judged, Rules, examine
from nyay_lib.data.leaks import Leak
from nyay_lib.data.near_duplicates import chosen_lines
from nyay_lib.data.records import QUARANTINES, Fault, Record
from nyay_lib.data.version import Side, Version, find_version, rows_of
from nyay_lib.data.versions import build_version, has_versions
from nyay_lib.data.whole import whole_line
from nyay_lib.errors import DataError
from nyay_lib.files import digest_file, digest_value, replacing
from nyay_lib.prompt import SYSTEM_PROMPT, chat_format, user_turn
from nyay_lib.results import Result
from nyay_lib.runs import RunDir

# Raised when the conversion changes, so that older data sets are not taken for new ones.
CONVERSION = 4
HISTOGRAM_BINS = 24


class Split(BaseModel):
    """Counts of one part of a data set; tokens by the base model's own tokenizer, prompt and answer together.

    ``leaking`` rows are good ones of validation that are left out, since their kin is trained on; ``masked`` counts
    identifiers by kind.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Path
    rows: int
    rejected: dict[str, int]
    quarantined: dict[str, int]
    masked: dict[str, int]
    leaking: int
    task_types: dict[str, int]
    tokens: int
    completion_tokens: int
    longest: int
    shortened: int
    tokens_lost: int
    lengths: list[int]


class Dataset(Result):
    """Training and validation rows as chat files in a folder named by ``digest``.

    ``leaks`` counts the pairs of a training and a validation row of one kin, ``first_leaks`` are the first of them.
    ``version`` is the digest of the version that the rows are of, None for rows of files that have none.
    """

    digest: str
    folder: Path
    train: Split
    validation: Split
    leaks: int
    first_leaks: tuple[Leak, ...]
    version: str | None = None

    @property
    def train_file(self) -> Path:
        return self.folder / "train_mlx.jsonl"

    @property
    def validation_file(self) -> Path:
        return self.folder / "val_mlx.jsonl"

    @property
    def validation_records(self) -> Path:
        """The same rows with their whole judgments."""
        return self.folder / "val_whole.jsonl"


class Converter:
    """Writes one split and counts on the way.

    ``examined`` gives the rows of a file, each with what was found; ``leaking`` are ids of rows to be left out.
    """

    def __init__(
        self, budget: Budget, examined: Callable[[Path], Iterator[Judged]], leaking: frozenset[str] = frozenset()
    ) -> None:
        self.budget, self.examined, self.leaking = budget, examined, leaking
        self.faults: list[Fault] = []
        self.masked: Counter[str] = Counter()
        self.task_types: Counter[str] = Counter()
        self.lengths: list[int] = []
        self.completion_tokens = self.shortened = self.lost = self.left_out = 0

    def convert(self, source: Path, folder: Path, name: str) -> Split:
        """Rows of ``source`` as conversations in ``NAME_mlx.jsonl``, and what each is in ``NAME_rows.jsonl``.

        Rows of validation are also kept whole, as answers are held against the whole judgment.
        """
        paths = [folder / f"{name}_{what}.jsonl" for what in ("mlx", "rows", *(["whole"] if name == "val" else []))]
        with ExitStack() as stack:
            temporary = [stack.enter_context(replacing(path)) for path in paths]
            files = [stack.enter_context(path.open("w", encoding="utf-8")) for path in temporary]
            for lines in self.rows(source):
                for file, line in zip(files, lines, strict=False):
                    file.write(line)
        if not self.lengths:
            raise DataError(f"{source}: holds no usable row ({self._why_none()})")
        return self.split(source)

    def _why_none(self) -> str:
        if self.left_out:
            return f"all {self.left_out} good ones are of cases or texts that are trained on"
        if not self.faults:
            return "it is empty"
        reasons, first = self.counts(quarantined=False) | self.counts(quarantined=True), self.faults[0]
        return f"{reasons}; the first is {first.id}: {first.detail}"

    def rows(self, source: Path) -> Iterator[tuple[str, str, str]]:
        """Each accepted row, masked, as chat, note and whole record; the others are kept as faults or left out."""
        for judged in self.examined(source):
            if judged.fault:
                self.faults.append(judged.fault)
            elif judged.id in self.leaking:
                self.left_out += 1
            elif judged.record:
                self.masked.update(judged.masked)
                yield from self.row(judged.record)

    def row(self, record: Record) -> Iterator[tuple[str, str, str]]:
        """The record as a conversation, if its answer fits beside its instruction, with its note and as a whole."""
        answer_tokens = self.budget.answer_tokens(record.output)
        fitted = self.budget.fit(record.instruction, record.input, answer_tokens)
        if fitted is None:
            detail = f"output has {answer_tokens} tokens, too many for training.max_seq_length {self.budget.limit}"
            self.faults.append(Fault(record.id, "output_too_long", detail))
            return
        self.lengths.append(fitted.tokens)
        self.completion_tokens += answer_tokens
        self.shortened += fitted.shortened
        self.lost += fitted.lost
        self.task_types[record.task_type] += 1
        note: dict[str, object] = {
            "id": record.id,
            "cnr": record.cnr,
            "task_type": record.task_type,
            "tokens": fitted.tokens,
            "answer_tokens": answer_tokens,
            "tokens_lost": fitted.lost,
        }
        chat = chat_line(user_turn(record.instruction, fitted.source), record.output)
        yield chat, json.dumps(note, ensure_ascii=False) + "\n", whole_line(record)

    def counts(self, *, quarantined: bool) -> dict[str, int]:
        """Rows by reason, of the quarantined or of the rejected ones."""
        counts = Counter(fault.reason for fault in self.faults if (fault.reason in QUARANTINES) is quarantined)
        return dict(sorted(counts.items()))

    def split(self, source: Path) -> Split:
        return Split(
            source=source,
            rows=len(self.lengths),
            rejected=self.counts(quarantined=False),
            quarantined=self.counts(quarantined=True),
            masked=dict(sorted(self.masked.items())),
            leaking=self.left_out,
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
    rules = [config.training.max_seq_length, config.data.mask_identifiers, config.data.strict]
    return digest_value([CONVERSION, files, tokenizer, SYSTEM_PROMPT, rules])


def convert(config: PipelineConfig, base: Base, version: str | None = None) -> Dataset:
    """Make the data set, or hand out the one that was made from the same files before.

    Where files arrived in data.incoming or there are versions, it is made from the version of today, or from the one
    with the digest ``version``, as when a run goes on. Raises DataError for a file that cannot be read or holds no
    usable row, and where data.strict is set for a leak.
    """
    if version or has_versions(config):
        return convert_version(config, base, find_version(config, version) if version else build_version(config))
    start = time.monotonic()
    for path in (config.data.train, config.data.validation):
        if not path.is_file():
            raise DataError(f"{path}: there is no such file; data.train and data.validation name the records")
    digest = inputs_digest(config, base)
    folder = folder_of(config, digest)
    if found := Dataset.reuse(folder / "dataset.json", digest):
        return found
    budget = budget_of(config, base)
    rules = Rules(budget, config.data.mask_identifiers)
    sources = {"train": config.data.train, "val": config.data.validation}
    compared = compare([config.data.train], [config.data.validation])
    certificate = compared.leaks.certificate(folder / "leaks.jsonl")
    if config.data.strict:
        certificate.require_apart()
    leaking = {"train": frozenset[str](), "val": frozenset(leak.validation for leak in compared.leaks)}
    splits: list[Split] = []
    for name, source in sources.items():
        examined = partial(examine, rules=rules, near_duplicates=compared.repeats[source])
        converter = Converter(budget, examined, leaking[name])
        splits.append(converter.convert(source, folder, name))
        write_faults(source, converter.faults, folder, name)
    return Dataset(
        inputs=digest,
        seconds=time.monotonic() - start,
        digest=digest_of(folder),
        folder=folder,
        train=splits[0],
        validation=splits[1],
        leaks=certificate.pairs,
        first_leaks=certificate.first,
    ).save(folder / "dataset.json")


def convert_version(config: PipelineConfig, base: Base, version: Version) -> Dataset:
    """Make the data set from the rows of a version, which were examined when it was made; only the budget is new.

    Raises DataError where data.strict is set and the files leak, or a side holds no row that fits.
    """
    start = time.monotonic()
    if config.data.strict and version.first_leaks:
        leak = version.first_leaks[0]
        raise DataError(
            f"{leak.validation}: leaks into training, as {leak.training} is kin to it ({version.leaks} such pairs in "
            f"version {version.name}); take these cases out of the training file, or set data.strict to false"
        )
    tokenizer = digest_file(base.folder / "tokenizer.json")
    rules = [config.training.max_seq_length, config.data.strict]
    digest = digest_value([CONVERSION, version.digest, tokenizer, SYSTEM_PROMPT, rules])
    folder = folder_of(config, digest)
    if found := Dataset.reuse(folder / "dataset.json", digest):
        return found
    budget = budget_of(config, base)
    splits: dict[Side, Split] = {}
    sides: dict[Side, tuple[str, Path]] = {
        "train": ("train", version.train_file),
        "validation": ("val", version.validation_file),
    }
    for side, (name, source) in sides.items():
        converter = Converter(budget, rows_of)
        split = converter.convert(source, folder, name)
        splits[side] = with_findings(split, version, side)
        write_faults(source, converter.faults, folder, name)
    copy_whole(version.folder / "leaks.jsonl", folder / "leaks.jsonl")
    return Dataset(
        inputs=digest,
        seconds=time.monotonic() - start,
        digest=digest_of(folder),
        folder=folder,
        train=splits["train"],
        validation=splits["validation"],
        leaks=version.leaks,
        first_leaks=version.first_leaks,
        version=version.digest,
    ).save(folder / "dataset.json")


def version_of(run: RunDir) -> str | None:
    """The digest of the version that a run began with, if it did."""
    try:
        return Dataset.model_validate_json(run.result("convert").read_bytes()).version
    except (FileNotFoundError, ValidationError):
        return None


def with_findings(split: Split, version: Version, side: Side) -> Split:
    """The split with what the version's making found: rows that were kept out, and identifiers that were masked."""
    rejected = Counter(split.rejected) + Counter(version.counts("rejected", side))
    return split.model_copy(
        update={
            "rejected": dict(sorted(rejected.items())),
            "quarantined": version.counts("quarantined", side),
            "masked": version.counts("masked", side),
            "leaking": sum(source.left_out for source in version.sources) if side == "validation" else 0,
        }
    )


def folder_of(config: PipelineConfig, inputs: str) -> Path:
    """Where the data set lies that is made from these inputs."""
    return config.paths.cache.resolve() / f"dataset-{inputs[:16]}"


def digest_of(folder: Path) -> str:
    """The digest of a data set: of its two chat files."""
    return digest_value([digest_file(folder / f"{name}_mlx.jsonl") for name in ("train", "val")])


def budget_of(config: PipelineConfig, base: Base) -> Budget:
    """The token budget of the base model's own tokenizer."""
    tokenizer = load_tokenizer(base.folder)
    return Budget(tokenizer, chat_format(tokenizer.get_vocab()), config.training.max_seq_length)


def copy_whole(source: Path, target: Path) -> None:
    """Copy a file, whole or not at all."""
    with replacing(target) as temporary:
        shutil.copyfile(source, temporary)


def write_faults(source: Path, faults: list[Fault], folder: Path, name: str) -> None:
    """``NAME_rejected.jsonl``: every line that was not taken, with its reason; ``NAME_quarantine.jsonl``: those for a
    person to judge, with what they say."""
    lines = {int(fault.id.rpartition(":")[2]): fault for fault in faults if fault.reason in QUARANTINES}
    held = ((lines[number], found) for number, found in chosen_lines(source, lines))
    _write(folder / f"{name}_rejected.jsonl", (_about(fault) for fault in faults if fault.reason not in QUARANTINES))
    _write(
        folder / f"{name}_quarantine.jsonl",
        (_about(fault) | {"record": _content(found)} for fault, found in held if isinstance(found, Record)),
    )


def _about(fault: Fault) -> dict[str, object]:
    return {"id": fault.id, "reason": fault.reason, "detail": fault.detail}


def _content(record: Record) -> dict[str, object]:
    return {
        "instruction": record.instruction,
        "input": record.input,
        "output": record.output,
        "metadata": record.metadata,
    }


def _write(path: Path, rows: Iterable[dict[str, object]]) -> None:
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
