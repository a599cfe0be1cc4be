"""ROUGE (Lin 2004) with words of every script: the package's own tokenizer drops all that is not a to z."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from nltk.stem.porter import PorterStemmer
from rouge_score import rouge_scorer
from rouge_score.tokenizers import Tokenizer

# A word is letters, digits and the marks that Indic vowels are written with.
WORD = re.compile(r"[^\W_]+(?:[\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u200c\u200d]+[^\W_]*)*")


class UnicodeTokenizer(Tokenizer):
    """Lower-case words of any script; English ones are stemmed as ``use_stemmer`` would."""

    def __init__(self) -> None:
        porter: Any = PorterStemmer()
        self._stem: Callable[[str], str] = porter.stem

    def tokenize(self, text: str) -> list[str]:
        words = WORD.findall(text.lower())
        return [self._stem(word) if len(word) > 3 and word.isascii() else word for word in words]


def rouge_l(pairs: Sequence[tuple[str, str]]) -> list[float]:
    """ROUGE-L F-measure of each (reference, answer)."""
    scorer: Any = rouge_scorer.RougeScorer(["rougeL"], tokenizer=UnicodeTokenizer())
    return [scorer.score(reference, answer)["rougeL"].fmeasure for reference, answer in pairs]
