"""Tokens of many texts, counted on all cores."""

from collections.abc import Iterable, Iterator

from tokenizers import Tokenizer

# Some 300,000 tokens, which take about 50 MB while they are counted; enough texts to keep many cores at work.
BATCH_CHARACTERS = 1 << 20


def token_counts(tokenizer: Tokenizer, texts: Iterable[str]) -> Iterator[int]:
    """The number of tokens of each text, in order.

    Equal texts that stand close together, as the input of a case's two tasks, are counted once.
    """
    for batch in batches(texts):
        distinct = list(dict.fromkeys(batch))
        encodings = tokenizer.encode_batch_fast(distinct, add_special_tokens=False)
        counts = {text: len(encoding) for text, encoding in zip(distinct, encodings, strict=True)}
        yield from (counts[text] for text in batch)


def batches(texts: Iterable[str]) -> Iterator[list[str]]:
    """Consecutive texts of at least BATCH_CHARACTERS together, and the rest."""
    batch: list[str] = []
    characters = 0
    for text in texts:
        batch.append(text)
        characters += len(text)
        if characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
