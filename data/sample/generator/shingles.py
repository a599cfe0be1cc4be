"""Likeness of texts by the runs of words that they share."""


def shingles(text: str, width: int = 5) -> set[tuple[str, ...]]:
    """The runs of ``width`` words of a text."""
    words = text.lower().split()
    return set(zip(*(words[n:] for n in range(width)), strict=False))


def jaccard(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> float:
    """Share of common shingles among all."""
    return len(one & other) / max(1, len(one | other))
