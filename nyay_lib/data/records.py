"""Phase 2 records, one JSON object a line, read so that a bad line never stops the rest."""

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast, get_args

from nyay_lib.errors import DataError

MAX_LINE_BYTES = 16 << 20
SHOWN = 30  # characters before and after a fault
TASK_TYPES = ("outcome_analysis", "summarization", "info_extraction", "research_qa")
# eCourts' case number record: court, establishment, serial, year of filing.
CNR = re.compile(r"[A-Z]{4}[0-9][0-9A-Z](?!000000)[0-9]{6}(?:19[5-9][0-9]|20[0-9]{2})")

# In the order in which they are looked for; a row counts under the first.
Reject = Literal[
    "bad_utf8",
    "line_too_long",
    "bad_json",
    "missing_field",
    "wrong_type",
    "empty_field",
    "unknown_task",
    "bad_cnr",
    "duplicate",
    "short_output",
    "refusal",
    "repetition",
    "output_too_long",
    "no_trained_tokens",
]
Quarantine = Literal[
    "near_duplicate",
    "exam_style",
    "injection",
    "mojibake",
    "legacy_font",
    "ocr_junk",
    "anonymity",
    "unsupported_reference",
    "outcome_conflict",
]
Reason = Reject | Quarantine
REJECTS: tuple[Reject, ...] = get_args(Reject)
QUARANTINES: tuple[Quarantine, ...] = get_args(Quarantine)


@dataclass(frozen=True, slots=True)
class Record:
    """One instruction record. ``id`` is FILENAME:LINE."""

    id: str
    instruction: str
    input: str
    output: str
    cnr: str
    task_type: str
    metadata: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line is not taken: file and line in ``id``, the reason's code, and in words the field and value."""

    id: str
    reason: Reason
    detail: str


Line = tuple[str, bytes] | Fault


def content(record: Record) -> dict[str, Any]:
    """What a record says, as it stands in a file of records."""
    return {
        "instruction": record.instruction,
        "input": record.input,
        "output": record.output,
        "metadata": record.metadata,
    }


def id_of(line: Line) -> str:
    """FILENAME:LINE."""
    return line.id if isinstance(line, Fault) else line[0]


def line_of(id: str) -> int:
    """The line in FILENAME:LINE."""
    return int(id.rpartition(":")[2])


def read_records(path: Path) -> Iterator[Record | Fault]:
    """Each line of a JSON Lines file (.jsonl, or .jsonl.gz) as a record or the first fault found in it.

    Blank lines are passed over; a byte-order mark and CRLF are taken as what they are. Memory holds one line.
    Raises DataError when the file cannot be read.
    """
    return (line if isinstance(line, Fault) else parse(*line) for line in raw_lines(path))


def raw_lines(path: Path) -> Iterator[Line]:
    """The same before anything is parsed: each line's id and bytes."""
    try:
        with _open(path) as file:
            for number, line in _lines(file):
                if line is None:
                    yield Fault(f"{path.name}:{number}", "line_too_long", f"a line of over {MAX_LINE_BYTES} bytes")
                elif stripped := line.removeprefix(b"\xef\xbb\xbf" if number == 1 else b"").strip():
                    yield f"{path.name}:{number}", stripped
    except FileNotFoundError as error:
        raise DataError(f"{path}: there is no such file") from error
    except (OSError, EOFError, zlib.error) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise DataError(f"{path}: cannot be read: {why}") from error


def _open(path: Path) -> BinaryIO | gzip.GzipFile:
    return gzip.open(path) if path.suffix == ".gz" else path.open("rb")


def _lines(file: BinaryIO | gzip.GzipFile) -> Iterator[tuple[int, bytes | None]]:
    """Line numbers from 1 and lines; None for one that is too long, whose rest is skipped in pieces."""
    number = 0
    while line := file.readline(MAX_LINE_BYTES):
        number += 1
        end, whole = line, True
        while not end.endswith(b"\n") and (end := file.readline(MAX_LINE_BYTES)):
            whole = False
        yield number, line if whole else None


def parse(id: str, line: bytes) -> Record | Fault:
    """One line as a record, or the first thing that is wrong with it."""
    try:
        value = json.loads(line.decode(), object_pairs_hook=_no_duplicates)
        if b"\\u" in line:  # an escape can spell half a character, which no file can hold
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        return Fault(id, "bad_utf8", f"byte {error.start} is not UTF-8 (0x{line[error.start]:02x})")
    except json.JSONDecodeError as error:
        around = error.doc[max(0, error.pos - SHOWN) : error.pos + SHOWN]
        return Fault(id, "bad_json", f"{error.msg.removesuffix(' at')} at character {error.pos + 1}, at {around!r}")
    except (ValueError, RecursionError) as error:
        return Fault(id, "bad_json", f"{error}, in {line[:40].decode(errors='replace')!r}")
    if not isinstance(value, dict):
        return Fault(id, "wrong_type", f"the line is a {type(value).__name__}, not an object")
    return _check(id, cast("dict[str, Any]", value))


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object with one key twice: which of the two was meant cannot be known."""
    value: dict[str, Any] = {}
    for key, item in pairs:
        if key in value:
            raise ValueError(f"the key {key!r} stands twice")
        value[key] = item
    return value


def _check(id: str, value: dict[str, Any]) -> Record | Fault:
    given = value.get("metadata")
    fields = {name: value.get(name) for name in ("instruction", "output")}
    if not isinstance(given, dict | None):
        return _missing(id, fields) or Fault(id, "wrong_type", f"metadata is {given!r:.60}, not an object")
    metadata = cast("dict[str, Any]", given or {})
    fields |= {f"metadata.{name}": metadata.get(name) for name in ("cnr", "task_type")}
    return _fault_of(id, fields, value.get("input")) or Record(
        id=id,
        instruction=value["instruction"].strip(),
        input=(value.get("input") or "").strip(),
        output=value["output"].strip(),
        cnr=metadata["cnr"],
        task_type=metadata["task_type"],
        metadata=metadata,
    )


def _fault_of(id: str, fields: dict[str, Any], source: Any) -> Fault | None:
    """The first fault among the required fields and the optional input, by the order of the reasons."""
    if missing := _missing(id, fields):
        return missing
    for name, value in (*fields.items(), ("input", "" if source is None else source)):
        if not isinstance(value, str):
            return Fault(id, "wrong_type", f"{name} is {value!r:.60}, not a text")
    for name, value in fields.items():
        if not value.strip():
            return Fault(id, "empty_field", f"{name} is empty: {value!r:.60}")
    if fields["metadata.task_type"] not in TASK_TYPES:
        known = ", ".join(TASK_TYPES)
        return Fault(id, "unknown_task", f"metadata.task_type is {fields['metadata.task_type']!r}, none of {known}")
    if not CNR.fullmatch(cnr := fields["metadata.cnr"]) or int(cnr[-4:]) > date.today().year:
        shape = "not 16 letters and digits as in HCBM030212662025, the last four a year"
        return Fault(id, "bad_cnr", f"metadata.cnr is {fields['metadata.cnr']!r}, {shape}")
    return None


def _missing(id: str, fields: dict[str, Any]) -> Fault | None:
    """The first required field that is not there, or null."""
    absent = next((name for name, value in fields.items() if value is None), None)
    return Fault(id, "missing_field", f"{absent} is missing") if absent else None
