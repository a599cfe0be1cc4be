"""Many spellings of one name: a pattern that finds them, and the way back to the name."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

_GAP = r"[ .,\-]{0,2}"
_PLURAL_END = r"(?: ?\(s\)|s)"
_NOUNS = ("appeal", "petition", "application", "revision")
_WORDS = {"and": "(?:and|&)", "(": r"\(", ")": r"\)", **{noun: f"{noun}{_PLURAL_END}?" for noun in _NOUNS}}
_WORDS["application"] = f"appl(?:icatio)?n{_PLURAL_END}?"
_PLURAL = re.compile(rf"({'|'.join(_NOUNS)}){_PLURAL_END}")
# Also inside a word, since a gap may be empty: "InsolvencyandBankruptcy". Of an alias the same letters go.
_NOISE = re.compile(r"and|[^a-z0-9\u0900-\u097f]+")
_END = r"\.?"

_Trie = dict[str, Any]  # from each piece to what may follow it


def alternatives(names: Iterable[str], before: str = "") -> str:
    """One group for all aliases, for lowered text; of aliases that begin alike the longest is tried first.

    A blank in an alias stands for up to two blanks, dots, commas or hyphens, or for nothing: `i p c` finds IPC,
    I.P.C. and I P C. The nouns of cases may be plural, Writ Petition(s), Civil Appeals, and an application an appln.

    `before` is a character class that must not stand just before; it is tested after the first letter, because a
    pattern that opens with a literal is searched many times faster than one that opens with a look-behind. What aliases
    have in common is written once, for the same reason.
    """
    guard = f"(?<!{before}.)" if before else ""
    groups = [first + guard + _rendered(rest) for first, rest in _trie(names).items()]
    return f"(?:{'|'.join(groups)})"


def _trie(names: Iterable[str]) -> _Trie:
    trie: _Trie = {}
    for name in sorted(names, key=lambda name: (-len(squash(name)), name)):
        node = trie
        for piece in _pieces(name):
            node = node.setdefault(piece, {})
        node[_END] = {}
    return trie


def _pieces(name: str) -> Iterator[str]:
    """The alias in the smallest parts that may be shared: its first letter, letters, gaps, and words with a pattern."""
    for place, word in enumerate(name.split(" ")):
        if place:
            yield _GAP
        whole = _WORDS.get(word)
        if whole and place:
            yield whole
        elif whole:
            yield whole[0]
            yield whole[1:]
        else:
            yield from map(re.escape, word)


def _rendered(node: _Trie) -> str:
    if list(node) == [_END]:
        return _END
    parts = [piece + _rendered(rest) for piece, rest in node.items() if piece != _END]
    if _END in node:
        parts.append(_END)
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


@lru_cache(maxsize=8192)
def squash(text: str) -> str:
    """The letters and digits alone, singular, without any `and`: what all spellings of an alias have in common."""
    return _NOISE.sub("", _PLURAL.sub(r"\1", text.lower().replace("appln", "application")))


def index(aliases: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """From each squashed alias to its key."""
    return {squash(alias): key for key, names in aliases.items() for alias in names}
