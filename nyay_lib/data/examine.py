"""What one line is by itself: a record that may be learned, or the first reason why not.

What needs the other rows, which came before and which are nearly the same, comes after it: see `nyay_lib.data.survey`.
"""

import dataclasses
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from nyay_lib.data.budget import Budget
from nyay_lib.data.checks import quarantined, rejected
from nyay_lib.data.masking import mask
from nyay_lib.data.records import Fault, Line, Record, parse
from nyay_lib.data.seen import record_digest
from nyay_lib.data.shingles import Sketch, WordHashes, sketch

Make = Callable[[Record, bytes], Any]


@dataclass(frozen=True, slots=True)
class Rules:
    """What rows are held to, beside the checks: the token budget if any, and whether identifiers are masked.

    ``released`` are digests of rows that a person has judged to be good: nothing quarantines them. Rows of the cases
    ``without`` are passed over. ``make`` is asked for what is to become of each accepted record, which it is given
    masked and with its digest; it runs where the row is judged.
    """

    budget: Budget | None
    mask_identifiers: bool = True
    released: frozenset[bytes] = frozenset()
    without: frozenset[str] = frozenset()
    make: Make | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What others must know of a record: the digest of all that it says, its case, and the sketch of its input.

    Rejected records have no sketch. ``tokens`` are those of prompt and answer together, 0 without a budget.
    ``masked`` counts the identifiers by kind, and ``made`` is what was made of it.
    """

    digest: bytes
    cnr: str
    sketch: Sketch | None
    tokens: int
    masked: dict[str, int]
    made: Any


@dataclass(frozen=True, slots=True)
class Judged:
    """A row: the fault that was found, if any, and what it says, None if it is no record or of a case left out."""

    id: str
    fault: Fault | None
    said: Said | None = None
    forgotten: bool = False


def judge(line: Line, rules: Rules) -> Judged:
    """What a line is, without regard to the others."""
    found = line if isinstance(line, Fault) else parse(*line)
    if isinstance(found, Fault):
        return Judged(found.id, found)
    if found.cnr in rules.without:
        return Judged(found.id, None, forgotten=True)
    digest, budget = record_digest(found), rules.budget
    record, masked = masked_record(found) if rules.mask_identifiers else (found, {})
    tokens = budget.row_tokens(record.instruction, record.input, record.output) if budget else 0
    if fault := rejected(found) or (budget and _over(budget, record, tokens)):
        return Judged(found.id, fault, Said(digest, found.cnr, None, tokens, {}, None))
    fault = None if digest in rules.released else quarantined(found)
    made = rules.make(record, digest) if rules.make and not fault else None
    return Judged(found.id, fault, Said(digest, found.cnr, _sketch(found.input), tokens, masked, made))


def _over(budget: Budget, record: Record, tokens: int) -> Fault | None:
    answer = budget.answer_tokens(record.output)
    if tokens > budget.limit and not budget.leaves_room(record.instruction, answer):
        return too_long(record.id, answer, budget.limit)
    if answer < 2 and budget.count(record.output) == 0:
        return Fault(record.id, "no_trained_tokens", "output gives no token to learn from")
    return None


def too_long(id: str, answer_tokens: int, limit: int) -> Fault:
    """The fault of an answer that leaves no room for its instruction."""
    detail = f"output has {answer_tokens} tokens, too many for training.max_seq_length {limit}"
    return Fault(id, "output_too_long", detail)


def masked_record(record: Record) -> tuple[Record, dict[str, int]]:
    """The record with tokens such as `[PHONE]` for identifiers, and how many there were of each kind."""
    masked = {name: _mask(getattr(record, name)) for name in ("instruction", "input", "output")}
    counts: Counter[str] = Counter()
    for _, found in masked.values():
        counts.update(found)
    return dataclasses.replace(record, **{name: text for name, (text, _) in masked.items()}), dict(counts)


# The rows of a case stand together most often, and their inputs are one text.
_mask = lru_cache(maxsize=8)(mask)
_known = WordHashes()


@lru_cache(maxsize=4)
def _sketch(text: str) -> Sketch:
    return sketch(text, _known)
