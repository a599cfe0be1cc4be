"""ROUGE (Lin 2004) with words of every script: the package's own tokenizer drops all that is not a to z.

It measures overlap with the reference answer, not law: on Indian judgments ROUGE-L hardly follows the marks of legal
experts. It is an alarm for regressions.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

# A word is letters, digits and the marks that Indic vowels are written with.
WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u200c\u200d]+[^\W_]*)*")
# A sentence ends at a danda, or at a stop before a capital or a Devanagari letter; not after v., No. or an initial.
_SENTENCE_END = re.compile(
    r"(?:(?<=[।?!])|(?<![\s.][A-Za-z]\.)(?<!\b[Vv]s\.)(?<!\b[Nn]o\.)(?<!\bNos\.)(?<!\bSec\.)(?<!\bArt\.)(?<=\.))"
    r"[ \t]+(?=[\"'(]?[A-Z\u0900-\u097f])"
)
_KINDS = ("rouge1", "rouge2", "rougeL", "rougeLsum")


class Rouge(NamedTuple):
    """F-measures of one answer against its reference, 0 to 1."""

    rouge_1: float
    rouge_2: float
    rouge_l: float
    rouge_lsum: float


class UnicodeTokenizer:
    """Lower-case words of any script; English ones are stemmed as ``use_stemmer`` would."""

    def __init__(self) -> None:
        from nltk.stem.porter import PorterStemmer  # a second, which a command that measures nothing does not spend

        porter: Any = PorterStemmer()
        self._stem: Callable[[str], str] = porter.stem

    def tokenize(self, text: str) -> list[str]:
        words = WORD.findall(text.lower())
        return [self._stem(word) if len(word) > 3 and word.isascii() else word for word in words]


def rouge(pairs: Sequence[tuple[str, str]]) -> list[Rouge]:
    """ROUGE-1, -2, -L and -Lsum of each (reference, answer); Lsum by sentences, each on a line of its own.

    The scores of rouge-score with ``use_stemmer=True``, for words of every script. Takes time in the product of the
    two lengths.
    """
    return [Rouge(*scores) for scores in _scores(pairs, _KINDS)]


def rouge_l(pairs: Sequence[tuple[str, str]]) -> list[float]:
    """ROUGE-L F-measure of each (reference, answer)."""
    return [score for (score,) in _scores(pairs, ("rougeL",))]


def sentence_lines(text: str) -> str:
    """The text with a line feed after each sentence, as ROUGE-Lsum reads sentences."""
    return _SENTENCE_END.sub("\n", text)


def _scores(pairs: Sequence[tuple[str, str]], kinds: Sequence[str]) -> Iterator[list[float]]:
    from rouge_score import rouge_scorer

    scorer: Any = rouge_scorer.RougeScorer(list(kinds), tokenizer=UnicodeTokenizer())
    for reference, answer in pairs:
        found = scorer.score(sentence_lines(reference), sentence_lines(answer))
        yield [float(found[kind].fmeasure) for kind in kinds]
