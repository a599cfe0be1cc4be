"""One pass over a file: every row is a record that may be learned, or the first reason why not.

What can be said of a line alone is said by `judge`, in as many processes as are wanted. What needs the other rows comes
after it, in the order of the file: what came before, and what was found to be nearly the same.
"""

import dataclasses
import multiprocessing
from collections import Counter, deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from nyay_lib.data.budget import Budget
from nyay_lib.data.checks import quarantined, rejected
from nyay_lib.data.masking import mask
from nyay_lib.data.records import QUARANTINES, Fault, Reason, Record, parse, raw_lines
from nyay_lib.data.seen import Digests, record_digest
from nyay_lib.errors import DataError

LINES_AT_ONCE = 32
CHUNKS_WAITING = 3  # for each process; more would only fill memory
EXAMPLES = 2

Line = tuple[str, bytes] | Fault


@dataclass(frozen=True, slots=True)
class Rules:
    """What rows are held to, beside the checks: the token budget if any, and whether identifiers are masked.

    ``released`` are digests of rows that a person has judged to be good: nothing quarantines them.
    """

    budget: Budget | None
    mask_identifiers: bool = True
    released: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class Judged:
    """What one line is by itself. ``record`` is masked; ``digest`` is of what it said before, None if it is no record.

    ``masked`` counts the identifiers by kind; ``said`` is the record as it was read, whatever came of it.
    """

    id: str
    record: Record | None
    fault: Fault | None
    digest: bytes | None = None
    masked: dict[str, int] = field(default_factory=dict[str, int])
    said: Record | None = None


@dataclass(slots=True)
class Tally:
    """Counts of a pass: every row once, the first two examples of each reason, and the ids of rejected rows."""

    rows: int = 0
    reasons: Counter[Reason] = field(default_factory=Counter[Reason])
    examples: dict[Reason, list[Fault]] = field(default_factory=dict[Reason, list[Fault]])
    masked: Counter[str] = field(default_factory=Counter[str])
    rejected: set[str] = field(default_factory=set[str])

    def add(self, judged: Judged) -> None:
        """Count one row as it is settled."""
        self.rows += 1
        if fault := judged.fault:
            self.reasons[fault.reason] += 1
            examples = self.examples.setdefault(fault.reason, [])
            if len(examples) < EXAMPLES:
                examples.append(fault)
            if fault.reason not in QUARANTINES:
                self.rejected.add(fault.id)
        else:
            self.masked.update(judged.masked)

    @property
    def accepted(self) -> int:
        return self.rows - self.reasons.total()


def examine(path: Path, rules: Rules, near_duplicates: Container[str] = (), processes: int = 1) -> Iterator[Judged]:
    """Every row of a file, settled, in order. Memory holds some lines, and 16 bytes for each row.

    ``near_duplicates`` are the ids of rows that are nearly the same as an earlier one. With more than one of
    ``processes`` the rows are judged in so many others. Raises DataError when the file cannot be read.
    """
    lines = raw_lines(path)
    seen = Digests()
    judged = judge_all(lines, rules) if processes == 1 else _judge_elsewhere(lines, rules, processes)
    for row in judged:
        yield settle(row, seen, near_duplicates)


def settle(row: Judged, seen: Digests, near_duplicates: Container[str]) -> Judged:
    """The row with what only the other rows can tell, by the order of the reasons."""
    if row.digest is not None and not seen.add(row.digest):
        return _faulty(row, Fault(row.id, "duplicate", "says the same as an earlier row of the file"))
    is_kept = row.fault is None or row.fault.reason in QUARANTINES
    if row.digest is not None and is_kept and row.id in near_duplicates:
        return _faulty(row, Fault(row.id, "near_duplicate", "says nearly the same as an earlier row of another case"))
    return row


def judge_all(lines: Iterable[Line], rules: Rules) -> Iterator[Judged]:
    """Each line by itself."""
    return (judge(line, rules) for line in lines)


def judge(line: Line, rules: Rules) -> Judged:
    """What a line is, without regard to the others."""
    found = line if isinstance(line, Fault) else parse(*line)
    if isinstance(found, Fault):
        return Judged(found.id, None, found)
    record, masked = _masked(found) if rules.mask_identifiers else (found, {})
    digest = record_digest(found)
    fault = rejected(found) or _over_budget(record, rules.budget)
    fault = fault or (None if digest in rules.released else quarantined(found))
    return Judged(found.id, None if fault else record, fault, digest, masked, found)


def _over_budget(record: Record, budget: Budget | None) -> Fault | None:
    if budget is None:
        return None
    tokens = budget.answer_tokens(record.output)
    if not budget.leaves_room(record.instruction, record.input, tokens):
        detail = f"output has {tokens} tokens, too many for training.max_seq_length {budget.limit}"
        return Fault(record.id, "output_too_long", detail)
    if budget.count(record.output) == 0:
        return Fault(record.id, "no_trained_tokens", "output gives no token to learn from")
    return None


def _masked(record: Record) -> tuple[Record, dict[str, int]]:
    masked = {name: mask(getattr(record, name)) for name in ("instruction", "input", "output")}
    counts: Counter[str] = Counter()
    for _, found in masked.values():
        counts.update(found)
    return dataclasses.replace(record, **{name: text for name, (text, _) in masked.items()}), dict(counts)


def _faulty(row: Judged, fault: Fault) -> Judged:
    return dataclasses.replace(row, record=None, fault=fault)


# Processes are spawned: the tokenizer's threads do not survive a fork.
_rules: list[Rules] = []


def _judge_elsewhere(lines: Iterator[Line], rules: Rules, processes: int) -> Iterator[Judged]:
    """The lines in chunks, some waiting for each process; their order stays."""
    waiting: deque[Future[list[Judged]]] = deque()
    pool = ProcessPoolExecutor(processes, multiprocessing.get_context("spawn"), _start, (rules,))
    try:
        while chunk := list(islice(lines, LINES_AT_ONCE)):
            waiting.append(pool.submit(_judge_chunk, chunk))
            if len(waiting) > CHUNKS_WAITING * processes:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    except BrokenProcessPool as error:
        raise DataError(f"a process that judged rows was ended, as when memory runs out: {error}") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _start(rules: Rules) -> None:
    _rules[:] = [rules]


def _judge_chunk(lines: list[Line]) -> list[Judged]:
    """Without the records: they are long, and who counts does not read them."""
    return [dataclasses.replace(row, record=None, said=None) for row in judge_all(lines, _rules[0])]


Report = Callable[[int], None]


def tally(
    paths: Iterable[Path],
    rules: Rules,
    near_duplicates: Mapping[Path, Container[str]] = MappingProxyType({}),
    processes: int = 1,
    report: Report = lambda rows: None,
) -> Tally:
    """Counts over all files; ``near_duplicates`` gives the ids of each, ``report`` is told the number of rows so far.

    Raises DataError.
    """
    counts = Tally()
    for path in paths:
        for row in examine(path, rules, near_duplicates.get(path, ()), processes):
            counts.add(row)
            report(counts.rows)
    return counts
