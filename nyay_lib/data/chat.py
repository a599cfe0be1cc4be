"""Chat files: one ``{"messages": [system, user, assistant]}`` a line, as mlx-lm and others read them."""

import json
from collections.abc import Iterator
from pathlib import Path

from nyay_lib.lines import json_line
from nyay_lib.prompt import Message, conversation


def chat_line(user: str, answer: str) -> str:
    """One line of a chat file."""
    return json_line({"messages": conversation(user, answer)})


def read_chats(path: Path) -> Iterator[list[Message]]:
    """The conversations of a chat file, each ending with the answer."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)["messages"]
