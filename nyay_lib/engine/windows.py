"""What every stage of an export reads: prompts with the start of their reference answers, and with greedy answers.

All stages read the same tokens, and say what comes next at each token of an answer.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal, NamedTuple

from nyay_lib.files import write_text
from nyay_lib.lines import json_line, read_lines

FILE = "windows.jsonl"


class Window(NamedTuple):
    """``tokens`` of row ``row``, the first ``prompt`` of them given.

    ``texts`` are the prompt and the whole reference answer that they were cut from; empty for a greedy answer.
    """

    kind: Literal["reference", "greedy"]
    row: int
    prompt: int
    tokens: tuple[int, ...]
    texts: tuple[str, ...]

    @property
    def answer(self) -> tuple[int, ...]:
        """The tokens that are to be foretold."""
        return self.tokens[self.prompt :]

    @property
    def inputs(self) -> tuple[int, ...]:
        """The tokens that are read; the last is only foretold."""
        return self.tokens[:-1]


def write_windows(folder: Path, windows: Iterable[Window]) -> None:
    write_text(folder / FILE, "".join(json_line(window._asdict()) for window in windows))


def read_windows(folder: Path) -> list[Window]:
    """The windows of ``write_windows``."""
    return [
        Window(line["kind"], line["row"], line["prompt"], tuple(line["tokens"]), tuple(line["texts"]))
        for line in read_lines(folder / FILE)
    ]
