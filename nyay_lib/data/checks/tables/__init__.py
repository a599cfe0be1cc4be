"""Words and patterns of the content checks, as data files. Patterns are Python regular expressions."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load(name: str) -> dict[str, Any]:
    """The table ``name`` (without ``.toml``), read once. Raises FileNotFoundError where there is none."""
    return tomllib.loads(files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def either(patterns: list[str]) -> re.Pattern[str]:
    """One expression for all ``patterns``."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
