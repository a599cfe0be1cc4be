"""What a longer token limit would keep of rows, and what it would cost."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from tokenizers import Tokenizer

from nyay_lib.data.budget import Budget
from nyay_lib.data.records import Record, read_records
from nyay_lib.frozen import Frozen
from nyay_lib.prompt import ChatFormat

LIMITS = (2048, 3072, 4096)


class Room(Frozen):
    """A limit: rows that would be shortened, tokens that it keeps and loses, and its cost.

    ``cost`` is the number of tokens trained on over that of the first limit: time grows with it, a little faster
    where attention is felt, and so does the memory of activations with the limit itself.
    """

    limit: int
    rows: int
    shortened: int
    kept: int
    lost: int
    cost: float

    @property
    def shortened_share(self) -> float:
        return self.shortened / max(1, self.rows)


def limits_with(limit: int) -> tuple[int, ...]:
    """The configured limit, and those of LIMITS that are longer."""
    return (limit, *(longer for longer in LIMITS if longer > limit))


def room(paths: Sequence[Path], tokenizer: Tokenizer, chat: ChatFormat, limits: Sequence[int]) -> list[Room]:
    """Count each row once, prompt and answer together, and hold it against each of the limits, the least first.

    Raises DataError if a file cannot be read.
    """
    budget = Budget(tokenizer, chat, max(limits))
    rows = (row for path in paths for row in read_records(path) if isinstance(row, Record))
    return rooms([budget.row_tokens(row.instruction, row.input, row.output) for row in rows], limits)


def rooms(lengths: Iterable[int], limits: Sequence[int]) -> list[Room]:
    """The limits over rows of these lengths."""
    counts = list(lengths)
    kept = [sum(min(length, limit) for length in counts) for limit in limits]
    return [
        Room(
            limit=limit,
            rows=len(counts),
            shortened=sum(length > limit for length in counts),
            kept=tokens,
            lost=sum(counts) - tokens,
            cost=tokens / max(1, kept[0]),
        )
        for limit, tokens in zip(limits, kept, strict=True)
    ]
