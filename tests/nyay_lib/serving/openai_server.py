"""A server in OpenAI's form on loopback that keeps what it was asked, and says what it is told to."""

import json
from typing import Any

from tests.nyay_lib.loopback import Handler, Loopback


class OpenAIServer(Loopback):
    """``answer`` is sent word by word, then ``ending``.

    ``refusal`` is the body that a question is refused with; ``listing`` takes the place of the list of models.
    """

    def __init__(self) -> None:
        self.models = ["first", "nyay-ai:latest"]
        self.answer = "The appeal was allowed."
        self.ending = b"data: [DONE]\n\n"
        self.refusal: bytes | None = None
        self.listing: bytes | None = None
        self.asked: list[dict[str, Any]] = []
        server = self

        class OpenAIHandler(Handler):
            def do_GET(self) -> None:
                listed = json.dumps({"data": [{"id": name} for name in server.models]}).encode()
                self.answer(200, server.listing or listed)

            def do_POST(self) -> None:
                server.asked.append({"path": self.path, **json.loads(self.body())})
                self.answer(*((400, server.refusal) if server.refusal else (200, server.events())))

        super().__init__(OpenAIHandler)

    def events(self) -> bytes:
        words = self.answer.split(" ")
        pieces = [words[0], *(f" {word}" for word in words[1:])]
        deltas = [{"role": "assistant"}, *({"content": piece} for piece in pieces), {}]
        lines = (json.dumps({"choices": [{"delta": delta}]}, ensure_ascii=False) for delta in deltas)
        return b": a comment\n\n" + "".join(f"data: {line}\n\n" for line in lines).encode() + self.ending
