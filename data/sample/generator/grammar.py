"""Templates: text in which ``{a|b}`` is a choice and ``<name>`` a slot."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

TOKENS = re.compile(r"[{}|]|<[^>]+>|[^{}|<]+")
# An alternative without holes stands as its text: most are, and need no filling.
Choice: TypeAlias = "tuple[str | Node, ...]"
Hole: TypeAlias = "str | Choice"


@dataclass(frozen=True, slots=True)
class Node:
    """A template: its text with ``%s`` for each hole, and the holes, each a slot's name or a choice."""

    text: str
    holes: tuple[Hole, ...]


def parse_node(text: str) -> Node:
    """A template ready to be written. Raises ValueError where braces do not match."""
    tokens = TOKENS.findall(" ".join(text.split()))
    node, rest = _sequence(tokens, 0, top=True)
    if rest != len(tokens):
        raise ValueError(f"a brace too many in {text!r:.80}")
    return node


def _sequence(tokens: list[str], place: int, *, top: bool) -> tuple[Node, int]:
    """What stands from ``place`` on, and the place after it. At the top a bar is text."""
    text = ""
    holes: list[Hole] = []
    while place < len(tokens) and not (tokens[place] == "}" or (tokens[place] == "|" and not top)):
        piece, place = tokens[place], place + 1
        if piece != "{" and not piece.startswith("<"):
            text += piece.replace("%", "%%")
            continue
        hole, place = _choice(tokens, place) if piece == "{" else (piece[1:-1], place)
        holes.append(hole)
        text += "%s"
    return Node(text, tuple(holes)), place


def _choice(tokens: list[str], place: int) -> tuple[Choice, int]:
    """The alternatives after an opening brace, and the place after the closing one."""
    alternatives: list[str | Node] = []
    while True:
        node, place = _sequence(tokens, place, top=False)
        alternatives.append(node if node.holes else node.text % ())
        if place >= len(tokens):
            raise ValueError(f"a brace is missing at the end of {''.join(tokens)!r:.80}")
        place += 1
        if tokens[place - 1] == "}":
            return tuple(alternatives), place


def expand(node: Node, random: Callable[[], float], fill: Callable[[str], str]) -> str:
    """``node`` in words: of each choice one alternative, for each slot what ``fill`` gives for its name.

    ``random`` gives a number in 0..1 and is asked once a choice, from left to right.
    """
    words: list[str] = []
    for hole in node.holes:
        if isinstance(hole, str):
            words.append(fill(hole))
            continue
        taken = hole[int(random() * len(hole))]
        words.append(taken if isinstance(taken, str) else expand(taken, random, fill))
    return node.text % tuple(words)
