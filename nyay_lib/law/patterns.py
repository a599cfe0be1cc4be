"""Patterns that are compiled when they are first used: the large ones take a tenth of a second each.

Every flow run and command imports this package, and few of them read a text of law.
"""

import re
from typing import Any, cast


def lazily(expression: str) -> re.Pattern[str]:
    """`re.compile(expression)`, put off to the first search. A mistake in the expression shows then, as `re.error`."""
    return cast("re.Pattern[str]", _Lazy(expression))


class _Lazy:
    def __init__(self, expression: str) -> None:
        self._expression = expression

    def __getattr__(self, name: str) -> Any:
        # Kept on the instance: from the second time on this is not called.
        found = self.__dict__[name] = getattr(re.compile(self._expression), name)
        return found
