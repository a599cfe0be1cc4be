"""Records to conversations within the token budget, and the files of one side of a data set."""

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from nyay_lib.data.budget import Budget
from nyay_lib.data.chat import chat_line
from nyay_lib.data.records import QUARANTINES, Fault, Record, content
from nyay_lib.data.room import Room, limits_with, rooms
from nyay_lib.data.whole import whole_line
from nyay_lib.errors import DataError
from nyay_lib.files import replacing
from nyay_lib.frozen import Frozen
from nyay_lib.lines import json_line
from nyay_lib.prompt import user_turn

HISTOGRAM_BINS = 24


class Split(Frozen):
    """Counts of one part of a data set; tokens by the base model's own tokenizer, prompt and answer together.

    ``leaking`` rows are good ones of validation that are left out, since their kin is trained on; ``masked`` counts
    identifiers by kind, and ``rooms`` tell what this limit and longer ones keep of the rows.
    """

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
    rooms: tuple[Room, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """A record as it is learned: its line of the chat file, and what the row was.

    Tokens are those of prompt and answer together, those of the answer, those of the source that are left out, and
    those of prompt and answer before that.
    """

    line: str
    id: str
    cnr: str
    task_type: str
    tokens: int
    answer_tokens: int
    lost: int
    whole: int

    @property
    def about(self) -> dict[str, Any]:
        """The note on the row."""
        about = {"id": self.id, "cnr": self.cnr, "task_type": self.task_type, "tokens": self.tokens}
        return about | {"answer_tokens": self.answer_tokens, "tokens_lost": self.lost}


def converse(budget: Budget, record: Record, digest: bytes = b"") -> Conversation | None:
    """The record as a conversation, None if its answer does not fit beside its instruction."""
    answer_tokens = budget.answer_tokens(record.output)
    fitted = budget.fit(record.instruction, record.input, answer_tokens)
    if fitted is None:
        return None
    line = chat_line(user_turn(record.instruction, fitted.source), record.output)
    whole = budget.row_tokens(record.instruction, record.input, record.output) if fitted.shortened else fitted.tokens
    tokens = fitted.tokens, answer_tokens, fitted.lost, whole
    return Conversation(line, record.id, record.cnr, record.task_type, *tokens)


@dataclass(slots=True)
class Counts:
    """What came of the rows of one side."""

    reasons: Counter[str] = field(default_factory=Counter[str])
    masked: Counter[str] = field(default_factory=Counter[str])
    task_types: Counter[str] = field(default_factory=Counter[str])
    lengths: list[int] = field(default_factory=list[int])
    whole_lengths: list[int] = field(default_factory=list[int])
    completion_tokens: int = 0
    shortened: int = 0
    lost: int = 0
    left_out: int = 0
    first_fault: Fault | None = None


class SplitWriter:
    """Writes the files of one side, whole or not at all, and counts on the way. A context manager.

    ``NAME_mlx.jsonl`` holds the conversations and ``NAME_rows.jsonl`` what each was; ``val_whole.jsonl`` the rows of
    validation with their whole judgments, as answers are held against those. ``NAME_rejected.jsonl`` has each line that
    was not taken, with its reason, and ``NAME_quarantine.jsonl`` those for a person to judge, with what they say.
    """

    def __init__(self, source: Path, folder: Path, name: str, limit: int) -> None:
        self.source, self.limit, self.counts = source, limit, Counts()
        files = ("mlx", "rows", "rejected", "quarantine", *(("whole",) if name == "val" else ()))
        self._paths = {what: folder / f"{name}_{what}.jsonl" for what in files}
        self._stack = ExitStack()
        self._files: dict[str, IO[str]] = {}

    def __enter__(self) -> "SplitWriter":
        for what, path in self._paths.items():
            partial = self._stack.enter_context(replacing(path))
            self._files[what] = self._stack.enter_context(partial.open("w", encoding="utf-8"))
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def take(self, conversation: Conversation, masked: dict[str, int], whole: Record | None = None) -> None:
        """An accepted row, with the whole record if it is one of validation."""
        counts = self.counts
        self._files["mlx"].write(conversation.line)
        self._write("rows", conversation.about)
        if whole:
            self._files["whole"].write(whole_line(whole))
        counts.masked.update(masked)
        counts.task_types[conversation.task_type] += 1
        counts.lengths.append(conversation.tokens)
        counts.whole_lengths.append(conversation.whole)
        counts.completion_tokens += conversation.answer_tokens
        counts.shortened += conversation.lost > 0
        counts.lost += conversation.lost

    def leave_out(self) -> None:
        """A good row of validation whose kin is trained on."""
        self.counts.left_out += 1

    def keep_out(self, fault: Fault, record: Record | None) -> None:
        """A row that is not learned, with the record if it is quarantined."""
        self.counts.reasons[fault.reason] += 1
        self.counts.first_fault = self.counts.first_fault or fault
        about: dict[str, Any] = {"id": fault.id, "reason": fault.reason, "detail": fault.detail}
        if fault.reason in QUARANTINES and record:
            self._write("quarantine", about | {"record": content(record)})
        else:
            self._write("rejected", about)

    def _write(self, what: str, value: dict[str, Any]) -> None:
        self._files[what].write(json_line(value))

    def split(self) -> Split:
        """The counts. Raises DataError if no row was taken."""
        counts = self.counts
        if not counts.lengths:
            raise DataError(f"{self.source}: holds no usable row ({self._why_none()})")
        return Split(
            source=self.source,
            rows=len(counts.lengths),
            rejected=self._reasons(quarantined=False),
            quarantined=self._reasons(quarantined=True),
            masked=dict(sorted(counts.masked.items())),
            leaking=counts.left_out,
            task_types=dict(sorted(counts.task_types.items())),
            tokens=sum(counts.lengths),
            completion_tokens=counts.completion_tokens,
            longest=max(counts.lengths),
            shortened=counts.shortened,
            tokens_lost=counts.lost,
            lengths=histogram(counts.lengths, self.limit),
            rooms=tuple(rooms(counts.whole_lengths, limits_with(self.limit))),
        )

    def _reasons(self, *, quarantined: bool) -> dict[str, int]:
        found = self.counts.reasons.items()
        return {reason: count for reason, count in sorted(found) if (reason in QUARANTINES) is quarantined}

    def _why_none(self) -> str:
        if self.counts.left_out:
            return f"all {self.counts.left_out} good ones are of cases or texts that are trained on"
        if first := self.counts.first_fault:
            return f"{dict(sorted(self.counts.reasons.items()))}; the first is {first.id}: {first.detail}"
        return "it is empty"


def histogram(lengths: list[int], limit: int) -> list[int]:
    """Number of rows in each of HISTOGRAM_BINS equal ranges of 0..limit tokens."""
    counts = Counter(min(HISTOGRAM_BINS - 1, length * HISTOGRAM_BINS // (limit + 1)) for length in lengths)
    return [counts[i] for i in range(HISTOGRAM_BINS)]
