"""A server in OpenAI's form on loopback that keeps what it was asked, and says what it is told to."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


class OpenAIServer:
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

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *arguments: Any) -> None:
                pass

            def do_GET(self) -> None:
                listed = json.dumps({"data": [{"id": name} for name in server.models]}).encode()
                self._send(200, server.listing or listed)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.asked.append({"path": self.path, **json.loads(body)})
                self._send(*((400, server.refusal) if server.refusal else (200, server.events())))

            def _send(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def events(self) -> bytes:
        words = self.answer.split(" ")
        pieces = [words[0], *(f" {word}" for word in words[1:])]
        deltas = [{"role": "assistant"}, *({"content": piece} for piece in pieces), {}]
        lines = (json.dumps({"choices": [{"delta": delta}]}, ensure_ascii=False) for delta in deltas)
        return b": a comment\n\n" + "".join(f"data: {line}\n\n" for line in lines).encode() + self.ending

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.shutdown()
        self._http.server_close()
