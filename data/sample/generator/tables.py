"""The tables: text files in the notation that tables/README.md explains."""

import re
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).parent / "tables"


def lines(name: str) -> list[str]:
    """The lines of a table without its comments; one that begins with a blank goes on with the one before."""
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE)
    return re.sub(r"\n +", " ", text.strip()).split("\n")


def rows(name: str) -> list[list[str]]:
    """Lines ``cell | cell | cell``."""
    return [[cell.strip() for cell in line.split("|")] for line in lines(name)]


def pairs(lines: Iterable[str]) -> dict[str, str]:
    """Lines ``name = text``, in their order."""
    return dict(line.split(" = ", 1) for line in lines)


def entries(name: str) -> dict[str, str]:
    """A table of lines ``name = text``."""
    return pairs(lines(name))


def lists(name: str) -> dict[str, list[str]]:
    """A table of lines ``name = one | two``."""
    return {key: text.split(" | ") for key, text in entries(name).items()}


def pool(name: str) -> list[str]:
    """A table of lines ``- text``."""
    return [line.removeprefix("- ") for line in lines(name)]


def sections(name: str) -> dict[str, list[str]]:
    """Lines under headings in brackets, a dash at their head taken off; those before the first heading under ""."""
    found: dict[str, list[str]] = {}
    under = ""
    for line in lines(name):
        if heading := re.fullmatch(r"\[(\w+)\]", line):
            under = heading[1]
        else:
            found.setdefault(under, []).append(line.removeprefix("- "))
    return found
