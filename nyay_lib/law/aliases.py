"""Many spellings of one name: a pattern that finds them, and the way back to the name."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

_GAP = r"[ .,\-]{0,2}"
_WORDS = {"and": "(?:and|&)", "(": r"\(", ")": r"\)"}
_NOISE = re.compile(r"\band\b|[^a-z0-9\u0900-\u097f]+")


def pattern(alias: str) -> str:
    """A regular expression for one alias, for lowered text.

    A blank in the alias stands for up to two blanks, dots, commas or hyphens, or for nothing: `i p c` finds IPC,
    I.P.C. and I P C.
    """
    return _GAP.join(_WORDS.get(word) or re.escape(word) for word in alias.split()) + r"\.?"


def alternatives(names: Iterable[str], before: str = "") -> str:
    """One group for all aliases, the longest first, grouped by first letter so that a miss costs little.

    `before` is a character class that must not stand just before; it is tested after the first letter, because a
    pattern that opens with a literal is searched many times faster than one that opens with a look-behind.
    """
    by_letter: dict[str, list[str]] = {}
    for name in sorted(names, key=lambda name: (-len(squash(name)), name)):
        by_letter.setdefault(name[0], []).append(pattern(name)[1:])
    guard = f"(?<!{before}.)" if before else ""
    groups = [f"{letter}{guard}(?:{'|'.join(rest)})" for letter, rest in by_letter.items()]
    return f"(?:{'|'.join(groups)})"


@lru_cache(maxsize=8192)
def squash(text: str) -> str:
    """The letters and digits alone, without `and`: what all spellings of an alias have in common."""
    return _NOISE.sub("", text.lower())


def index(aliases: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """From each squashed alias to its key."""
    return {squash(alias): key for key, names in aliases.items() for alias in names}
