"""What is wrong with a record beyond its form. Rejected rows are of no use; quarantined ones are for a person to judge.

The order is that of the reasons in `nyay_lib.data.records`. Each check takes a record and says in words what it found;
it takes linear time and never raises on any text.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from nyay_lib.data.checks.anonymity import anonymity
from nyay_lib.data.checks.encoding import legacy_font, mojibake, ocr_junk
from nyay_lib.data.checks.hostile import injection
from nyay_lib.data.checks.outputs import exam_style, refusal, repetition, short_output
from nyay_lib.data.checks.references import outcome_conflict, unsupported_reference
from nyay_lib.data.records import Fault, Quarantine, Record, Reject

Check = Callable[[Record], str | None]
R = TypeVar("R", Reject, Quarantine)
REJECTING: dict[Reject, Check] = {
    "short_output": short_output,
    "refusal": refusal,
    "repetition": repetition,
}
QUARANTINING: dict[Quarantine, Check] = {
    "exam_style": exam_style,
    "injection": injection,
    "mojibake": mojibake,
    "legacy_font": legacy_font,
    "ocr_junk": ocr_junk,
    "anonymity": anonymity,
    "unsupported_reference": unsupported_reference,
    "outcome_conflict": outcome_conflict,
}


def rejected(record: Record) -> Fault | None:
    """The first reason to throw the record away."""
    return next((Fault(record.id, reason, detail) for reason, detail in _found(record, REJECTING)), None)


def quarantined(record: Record) -> Fault | None:
    """The first reason to keep the record apart until someone has looked at it."""
    return next((Fault(record.id, reason, detail) for reason, detail in _found(record, QUARANTINING)), None)


def _found(record: Record, checks: Mapping[R, Check]) -> Iterator[tuple[R, str]]:
    return ((reason, detail) for reason, look in checks.items() if (detail := look(record)))
