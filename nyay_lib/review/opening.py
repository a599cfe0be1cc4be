"""A review is opened: its sheets are written without names, and the key to them apart, in the run's folder."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pydantic
from filelock import FileLock

from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.data.records import Record
from nyay_lib.data.whole import read_whole
from nyay_lib.errors import EvaluationError
from nyay_lib.evaluation.report import Who
from nyay_lib.evaluation.sheets import SHEETS, Sheet
from nyay_lib.export.model_files import Gguf
from nyay_lib.files import digest_value, write_json, write_text
from nyay_lib.frozen import Frozen
from nyay_lib.lines import read_lines
from nyay_lib.nights import parse_zone
from nyay_lib.review.choice import choose
from nyay_lib.runs import RunDir

T = TypeVar("T")


class BlindSheet(Frozen):
    """A question with the whole judgment and two models' answers, in an order that tells nothing."""

    id: str
    task_type: str
    question: str
    judgment: str
    answer_a: str
    answer_b: str


class Opened(Frozen):
    """What lawyers are asked about the file ``sha256`` of a run, and until when."""

    run_id: str
    sha256: str
    deadline: datetime
    sheets: tuple[BlindSheet, ...]


class Key(Frozen):
    """Whose answers a sheet shows, and the id of the row that was asked."""

    row: str
    a: Who
    b: Who


KEYS: pydantic.TypeAdapter[dict[str, Key]] = pydantic.TypeAdapter(dict[str, Key])


def open_review(run: RunDir, answers: int | None, hours: float | None, now: datetime) -> Opened:
    """Write sheets and key, or go on with those that were written for the same file.

    ``answers`` and ``hours`` are the configuration's where they are None; a deadline that is still ahead stands unless
    there are new ``hours``. Raises EvaluationError for a run that was not evaluated.
    """
    config, gguf = _require(run)
    run.blind_sheets.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(run.blind_sheets.with_name(".lock")):
        before = opened(run)
        known = before if before and before.sha256 == gguf.sha256 else None
        wanted = answers or (len(known.sheets) if known else config.review.answers)
        opening = Opened(
            run_id=run.run_id,
            sha256=gguf.sha256,
            deadline=_deadline(known, hours, config, now),
            sheets=known.sheets if known and len(known.sheets) == wanted else _write_sheets(run, gguf, config, wanted),
        )
        write_text(run.blind_sheets, opening.model_dump_json(indent=2) + "\n")
    return opening


def opened(run: RunDir) -> Opened | None:
    """The review that was opened; None where there is none. Raises EvaluationError for a file that is damaged."""
    return parsed(pydantic.TypeAdapter(Opened), run.blind_sheets)


def read_key(run: RunDir) -> dict[str, Key]:
    """Whose answer is whose, by the ids of sheets. Raises EvaluationError for a file that is damaged."""
    return parsed(KEYS, run.blind_key) or {}


def _require(run: RunDir) -> tuple[PipelineConfig, Gguf]:
    try:
        gguf = Gguf.model_validate_json(run.result("quantize").read_bytes())
        run.sheets.stat()
        return run.read_config(), gguf
    except FileNotFoundError as error:
        raise EvaluationError(
            f"{error.filename}: is not there, so run {run.run_id!r} has no answers to judge; run it to its end first"
        ) from error


def _deadline(known: Opened | None, hours: float | None, config: PipelineConfig, now: datetime) -> datetime:
    """In the configured time zone, in which it is shown."""
    if known and hours is None and known.deadline > now:
        return known.deadline
    end = now + timedelta(hours=config.review.deadline_hours if hours is None else hours)
    return end.astimezone(parse_zone(config.time.timezone))


def _write_sheets(run: RunDir, gguf: Gguf, config: PipelineConfig, answers: int) -> tuple[BlindSheet, ...]:
    """Choose, write the key, and return the sheets."""
    data = Dataset.model_validate_json(run.result("convert").read_bytes())
    sheets, seed = SHEETS.validate_json(run.sheets.read_bytes()), config.training.seed
    records = {record.id: record for record in read_whole(data.validation_records)}
    chosen = choose(sheets, shortened(data), answers, seed)
    keys = {_name(gguf, sheet): _key(sheet, gguf, seed) for sheet in chosen}
    write_json(run.blind_key, KEYS.dump_python(keys, mode="json"))
    return tuple(_blind(_name(gguf, sheet), sheet, keys[_name(gguf, sheet)], records[sheet.id]) for sheet in chosen)


def shortened(data: Dataset) -> set[str]:
    """Ids of the validation rows whose judgment the models saw only a part of."""
    return {note["id"] for note in read_lines(data.folder / "val_rows.jsonl") if note["tokens_lost"]}


def _name(gguf: Gguf, sheet: Sheet) -> str:
    """The id of a sheet: of this row and this file alone, and nothing that a spreadsheet takes for a number."""
    return f"q{digest_value([gguf.sha256, sheet.id])[:10]}"


def _key(sheet: Sheet, gguf: Gguf, seed: int) -> Key:
    """Ours and the other's in an order drawn by seed; the other is what is in production, else the base."""
    other: Who = "production" if "production" in sheet.others else "base"
    ours_first = int(digest_value([seed, gguf.sha256, sheet.id, "order"])[:8], 16) % 2 == 0
    first, second = ("this model", other) if ours_first else (other, "this model")
    return Key.model_validate({"row": sheet.id, "a": first, "b": second})


def _blind(name: str, sheet: Sheet, key: Key, record: Record) -> BlindSheet:
    answers: dict[Who, str] = {**sheet.others, "this model": sheet.answer}
    return BlindSheet(
        id=name,
        task_type=sheet.task_type,
        question=record.instruction,
        judgment=record.input,
        answer_a=answers[key.a],
        answer_b=answers[key.b],
    )


def parsed(kind: pydantic.TypeAdapter[T], path: Path) -> T | None:
    try:
        return kind.validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except pydantic.ValidationError as error:
        raise EvaluationError(
            f"{path}: is damaged ({error.errors()[0]['msg']}); remove the folder {path.parent} to begin anew"
        ) from error
