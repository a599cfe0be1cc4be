"""The frozen data set that a model is trained and judged on: conversations of the records, or of a version of them.

No row enters unexamined. What is rejected or quarantined lies beside the data set, each row with its reason, and
validation rows whose case or text is trained on are left out of what is measured.
"""

import shutil
import time
from collections import Counter
from collections.abc import Container, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.base_model.tokenizer import load_tokenizer
from nyay_lib.config import PipelineConfig
from nyay_lib.data.budget import Budget
from nyay_lib.data.conversion import Split, SplitWriter, converse
from nyay_lib.data.examine import Rules, masked_record, too_long
from nyay_lib.data.leaks import Leak, LeakCertificate
from nyay_lib.data.records import Record
from nyay_lib.data.replay import Replay, Start, mix
from nyay_lib.data.survey import Settled, Source, Survey, is_held, survey
from nyay_lib.data.version import Side, Version, find_version, rows_of
from nyay_lib.data.versions import build_version, has_versions
from nyay_lib.errors import ConfigError, DataError
from nyay_lib.files import digest_file, digest_value, replacing, write_text
from nyay_lib.prompt import SYSTEM_PROMPT, chat_format
from nyay_lib.results import Product, seal
from nyay_lib.runs import RunDir

# Raised when the conversion changes, so that older data sets are not taken for new ones.
CONVERSION = 6
NAMES: dict[Side, str] = {"train": "train", "validation": "val"}
# What later steps read.
ROWS = ("train_mlx.jsonl", "train_rows.jsonl", "val_mlx.jsonl", "val_rows.jsonl", "val_whole.jsonl")


class Dataset(Product):
    """Training and validation rows as chat files in a folder named by ``digest``.

    ``leaks`` counts the pairs of a training and a validation row of one kin, ``first_leaks`` are the first of them.
    ``version`` is the digest of the version that the rows are of, None for rows of files that have none. With a
    ``replay`` they are the new rows and a share of the old ones, and training goes on from an adapter; ``start`` says
    in words where it begins, if anything but the base on all rows was wished for.
    """

    digest: str
    train: Split
    validation: Split
    leaks: int
    first_leaks: tuple[Leak, ...]
    version: str | None = None
    replay: Replay | None = None
    start: str = ""

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


def convert(config: PipelineConfig, base: Base, version: str | None = None, start: Start = Start()) -> Dataset:
    """Make the data set, or hand out the one that was made from the same files before.

    Where files arrived in data.incoming or there are versions, it is made from the version of today, or from the one
    with the digest ``version``, as when a run goes on. Raises DataError for a file that cannot be read or holds no
    usable row, and where data.strict is set for a leak.
    """
    if version or has_versions(config):
        made = find_version(config, version) if version else build_version(config)
        return convert_version(config, base, made, start)
    began = time.monotonic()
    sources = [Source(config.data.train, False), Source(config.data.validation, True)]
    for source in sources:
        if not source.path.is_file():
            raise DataError(f"{source.path}: there is no such file; data.train and data.validation name the records")
    digest = inputs_digest(config, base)
    folder = folder_of(config, digest)
    if found := Dataset.reuse_intact(folder / "dataset.json", digest):
        return found
    budget = budget_of(config, base)
    rules = Rules(budget, config.data.mask_identifiers, make=partial(converse, budget))
    with survey(sources, rules) as surveyed:
        certificate = surveyed.leaks.certificate(folder / "leaks.jsonl")
        if config.data.strict:
            certificate.require_apart()
        splits = write_splits(surveyed, folder, budget.limit)
    return _saved(folder, digest, began, splits, certificate)


def write_splits(surveyed: Survey, folder: Path, limit: int) -> list[Split]:
    """Write each source's rows to the files of its side; leaking validation rows are left out."""
    leaking, sources = surveyed.leaks.seen, surveyed.sources

    def wanted(settled: Settled) -> bool:
        return is_held(settled.row) or (settled.row.fault is None and sources[settled.source].is_validation)

    with ExitStack() as stack:
        writers = [
            stack.enter_context(SplitWriter(source.path, folder, NAMES[side], limit))
            for source, side in zip(sources, NAMES, strict=True)
        ]
        for settled, record in surveyed.rows_with_records(wanted):
            writer, row = writers[settled.source], settled.row
            if row.fault:
                writer.keep_out(row.fault, record)
            elif settled.place in leaking:
                writer.leave_out()
            elif row.said:
                writer.take(row.said.made, row.said.masked, _learned(record, surveyed.rules))
        return [writer.split() for writer in writers]


def _learned(record: Record | None, rules: Rules) -> Record | None:
    return masked_record(record)[0] if record and rules.mask_identifiers else record


def convert_version(config: PipelineConfig, base: Base, version: Version, start: Start) -> Dataset:
    """Make the data set from the rows of a version, which were examined when it was made; only the budget is new.

    Raises DataError where data.strict is set and the files leak, or a side holds no row that fits.
    """
    began = time.monotonic()
    if config.data.strict and version.first_leaks:
        leak = version.first_leaks[0]
        raise DataError(
            f"{leak.validation}: leaks into training, as {leak.training} is kin to it ({version.leaks} such pairs in "
            f"version {version.name}); take these cases out of the training file, or set data.strict to false"
        )
    tokenizer = digest_file(base.folder / "tokenizer.json")
    rules = [config.training.max_seq_length, config.data.strict]
    digest = digest_value([CONVERSION, version.digest, tokenizer, SYSTEM_PROMPT, rules, *_replayed(start)])
    folder = folder_of(config, digest)
    if found := Dataset.reuse_intact(folder / "dataset.json", digest):
        return found
    budget = budget_of(config, base)
    files: dict[Side, Path] = {"train": version.train_file, "validation": version.validation_file}
    chosen = mix(config, version, start.replay) if start.replay else None
    if start.replay and chosen is None:
        start = Start(why=f"at the base, on all rows: {start.replay.run_id}, in production, knows every row")
    splits = [
        with_findings(
            split_of_version(budget, path, folder, NAMES[side], chosen if side == "train" else None), version, side
        )
        for side, path in files.items()
    ]
    copy_whole(version.folder / "leaks.jsonl", folder / "leaks.jsonl")
    return _saved(folder, digest, began, splits, version, start)


def split_of_version(budget: Budget, path: Path, folder: Path, name: str, chosen: Container[int] | None) -> Split:
    """Fit each row of one side into the budget, or those at the ``chosen`` places, and write its files."""
    with SplitWriter(path, folder, name, budget.limit) as writer:
        for place, record in enumerate(rows_of(path)):
            if chosen is not None and place not in chosen:
                continue
            if conversation := converse(budget, record):
                writer.take(conversation, {}, record if name == NAMES["validation"] else None)
            else:
                writer.keep_out(too_long(record.id, budget.answer_tokens(record.output), budget.limit), None)
        return writer.split()


def _replayed(start: Start) -> list[object]:
    """What a replay adds to a digest; nothing without one, so that data sets of before are known again."""
    return [start.replay.model_dump(exclude={"adapter"})] if start.replay else []


def _saved(
    folder: Path,
    inputs: str,
    began: float,
    splits: Sequence[Split],
    found: LeakCertificate | Version,
    start: Start = Start(),
) -> Dataset:
    is_version = isinstance(found, Version)
    return Dataset(
        inputs=inputs,
        seconds=time.monotonic() - began,
        digest=digest_of(folder, start.replay),
        folder=folder,
        files=seal(folder, ROWS),
        train=splits[0],
        validation=splits[1],
        leaks=found.leaks if is_version else found.pairs,
        first_leaks=found.first_leaks if is_version else found.first,
        version=found.digest if is_version else None,
        replay=start.replay,
        start=start.why,
    ).save(folder / "dataset.json")


def version_of(run: RunDir) -> str | None:
    """The version that a run began with, or was told to begin with: its digest, or how that begins."""
    try:
        return Dataset.model_validate_json(run.result("convert").read_bytes()).version
    except (FileNotFoundError, ValidationError):
        return run.data_version.read_text(encoding="utf-8").strip() if run.data_version.exists() else None


def require_version(config: PipelineConfig, run: RunDir, version: str) -> None:
    """Raises DataError if there is no version with this digest, ConfigError if the run began with another."""
    wanted, began = find_version(config, version), version_of(run)
    if began and not wanted.digest.startswith(began):
        raise ConfigError(
            f"data_version {version!r} is not what run_id {run.run_id!r} began with, {began[:16]!r}: leave "
            "data_version empty to go on, or run_id to start a new run"
        )


def keep_to(run: RunDir, version: str) -> None:
    """Let a run train on the version with this digest, also when it goes on and is not told again."""
    write_text(run.data_version, version + "\n")


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


def inputs_digest(config: PipelineConfig, base: Base) -> str:
    """Digest of all that a data set is made from."""
    files = [digest_file(path) for path in (config.data.train, config.data.validation)]
    tokenizer = digest_file(base.folder / "tokenizer.json")
    rules = [config.training.max_seq_length, config.data.mask_identifiers, config.data.strict]
    return digest_value([CONVERSION, files, tokenizer, SYSTEM_PROMPT, rules])


def folder_of(config: PipelineConfig, inputs: str) -> Path:
    """Where the data set lies that is made from these inputs."""
    return config.paths.cache.resolve() / f"dataset-{inputs[:16]}"


def digest_of(folder: Path, replay: Replay | None) -> str:
    """The digest of a data set: of its two chat files, and of what its rows are mixed for."""
    files = [digest_file(folder / f"{name}_mlx.jsonl") for name in NAMES.values()]
    return digest_value([*files, *_replayed(Start(replay=replay))])


def budget_of(config: PipelineConfig, base: Base) -> Budget:
    """The token budget of the base model's own tokenizer."""
    tokenizer = load_tokenizer(base.folder)
    return Budget(tokenizer, chat_format(tokenizer.get_vocab()), config.training.max_seq_length)


def copy_whole(source: Path, target: Path) -> None:
    """Copy a file, whole or not at all."""
    with replacing(target) as temporary:
        shutil.copyfile(source, temporary)
