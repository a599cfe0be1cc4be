"""Canaries: a few validation rows that are answered while it trains, since a falling loss alone can deceive."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import mlx.core as mx

from nyay_lib.engine.batches import Row
from nyay_lib.engine.greedy import answer_tokens
from nyay_lib.engine.model import LoadedModel
from nyay_lib.jobs import Canaries, Canary

# An answer of at least so many tokens with so few different ones says the same over and over.
FEWEST_TOKENS, VARIETY = 16, 8


@dataclass(frozen=True, slots=True)
class CanaryRows:
    """The rows, and how long an answer may become."""

    loaded: LoadedModel
    rows: Sequence[Row]
    max_tokens: int

    def answer(self, step: int) -> Canaries:
        """Greedy answers of the model as it stands, with dropout off. No random number is drawn, and what the answers
        took of memory is given back, so that training goes on as if nothing had been asked."""
        start = time.perf_counter()
        answers = answer_tokens(self.loaded, self.rows, self.max_tokens)
        mx.clear_cache()
        return Canaries(
            step=step,
            answers=tuple(self._canary(row, tokens) for row, tokens in zip(self.rows, answers, strict=True)),
            seconds=time.perf_counter() - start,
        )

    def _canary(self, row: Row, tokens: Sequence[int]) -> Canary:
        text = self.loaded.tokenizer.decode(tokens).strip()
        return Canary(row=row.index, text=text, tokens=len(tokens), fault=fault_of(text, tokens))


def fault_of(text: str, tokens: Sequence[int]) -> str:
    """What is wrong with an answer's form, empty when nothing is."""
    if not text:
        return "is empty"
    if len(tokens) >= FEWEST_TOKENS and len(set(tokens)) * VARIETY <= len(tokens):
        return "repeats a few tokens over and over"
    return ""
