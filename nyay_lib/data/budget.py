"""The token budget: instruction and answer stay whole, the judgment gives way in its middle.

A judgment says who and what at its head and what was ordered at its tail, so the head keeps 35 % and the tail 65 %
of the room, cut at paragraph borders, with a visible mark between. The same function serves training and inference.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from tokenizers import Tokenizer

from nyay_lib.data.token_counts import TokenCounter
from nyay_lib.prompt import ChatFormat, conversation, user_turn

HEAD_SHARE = 0.35
# A border further away than this share of a part's room is not worth the text it would cost.
BORDER_SHARE = 0.5
MARK = "[... part of the judgment is left out here ...]"


@dataclass(frozen=True, slots=True)
class Fitted:
    """A prompt's source as it fits. Counts are tokens: of prompt and answer together, and of what was left out."""

    source: str
    tokens: int
    lost: int

    @property
    def shortened(self) -> bool:
        return self.lost > 0


@dataclass(frozen=True, slots=True)
class Budget:
    """``limit`` tokens for prompt and answer of a model with this tokenizer and chat format."""

    tokenizer: Tokenizer
    chat: ChatFormat
    limit: int
    _counter: TokenCounter = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_counter", TokenCounter(self.tokenizer))

    def count(self, text: str) -> int:
        """Number of tokens of ``text``."""
        return self._counter.count(text)

    def answer_tokens(self, answer: str) -> int:
        """Tokens of an answer with the token that ends the turn."""
        return self.count(answer + self.chat.end)

    def row_tokens(self, instruction: str, source: str, answer: str) -> int:
        """Tokens of prompt and answer together, before anything is shortened."""
        return self._prompt_tokens(instruction, source) + self.answer_tokens(answer)

    def leaves_room(self, instruction: str, answer_tokens: int) -> bool:
        """Whether ``fit`` finds a way to shorten a source that is too long."""
        return self._prompt_tokens(instruction, MARK) + answer_tokens <= self.limit

    def fit(self, instruction: str, source: str, answer_tokens: int) -> Fitted | None:
        """Shorten ``source`` until the prompt and an answer of ``answer_tokens`` fit; None if they never do."""
        total = self._prompt_tokens(instruction, source) + answer_tokens
        if total <= self.limit:
            return Fitted(source, total, 0)
        spans = [span for span in self.tokenizer.encode(source, add_special_tokens=False).offsets if span[1] > span[0]]
        room = self.limit - self._prompt_tokens(instruction, MARK) - answer_tokens
        while room >= 0:
            shorter, kept = shorten(source, spans, room)
            total = self._prompt_tokens(instruction, shorter) + answer_tokens
            if total <= self.limit:
                return Fitted(shorter, total, len(spans) - kept)
            # Joined text can take more tokens than its parts: give up the difference and try again, at last with the
            # mark alone.
            room = max(0, room - (total - self.limit)) if room else -1
        return None

    def _prompt_tokens(self, instruction: str, source: str) -> int:
        return self.count(self.chat.prompt(conversation(user_turn(instruction, source))))


def shorten(source: str, spans: list[tuple[int, int]], room: int) -> tuple[str, int]:
    """Head, mark and tail of ``source`` in at most ``room`` tokens, and the number of tokens kept.

    ``spans`` are the tokens' (start, end) in characters.
    """
    head, tail = int(room * HEAD_SHARE), room - int(room * HEAD_SHARE)
    end = _border(source, spans[head - 1][1] if head else 0, spans[: head + 1], backwards=True)
    start = _border(source, spans[-tail][0] if tail else len(source), spans[len(spans) - tail - 1 :], backwards=False)
    kept = sum(1 for span in spans if span[1] <= end or span[0] >= start)
    return "\n\n".join(part for part in (source[:end].rstrip(), MARK, source[start:].lstrip()) if part), kept


def _border(source: str, cut: int, spans: list[tuple[int, int]], *, backwards: bool) -> int:
    """The nearest paragraph border on the kept side of ``cut``, else the nearest blank, else ``cut`` itself."""
    if not spans or not 0 < cut < len(source):
        return cut
    furthest = spans[int(len(spans) * (1 - BORDER_SHARE))][0] if backwards else spans[int(len(spans) * BORDER_SHARE)][1]
    find: Callable[[str], int] = (
        (lambda mark: source.rfind(mark, furthest, cut))
        if backwards
        else (lambda mark: source.find(mark, cut, furthest))
    )
    return next((place for mark in ("\n\n", "\n", " ") if (place := find(mark)) >= 0), cut)
