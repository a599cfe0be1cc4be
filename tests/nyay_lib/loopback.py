"""HTTP on loopback, for whatever stands in for a service: it answers while a context is open."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class Handler(BaseHTTPRequestHandler):
    """Answers every method by ``serve``, and logs nothing."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else an answer whose head goes first waits 40 ms for a delayed acknowledgement

    def log_message(self, format: str, *args: object) -> None:
        pass

    def serve(self) -> None:
        raise NotImplementedError

    def do_HEAD(self) -> None:
        self.serve()

    def do_GET(self) -> None:
        self.serve()

    def do_POST(self) -> None:
        self.serve()

    def do_DELETE(self) -> None:
        self.serve()

    def body(self) -> bytes:
        """What the request brought."""
        return self.rfile.read(int(self.headers.get("content-length") or 0))

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for key, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)


class Loopback:
    """Answers by each of ``handlers`` on a free port of its own until the context ends."""

    def __init__(self, *handlers: type[Handler]) -> None:
        self._servers = [ThreadingHTTPServer(("127.0.0.1", 0), handler) for handler in handlers]

    def __enter__(self) -> Self:
        for server in self._servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    @property
    def address(self) -> str:
        """That of the first."""
        return self.address_of(0)

    def address_of(self, place: int) -> str:
        return f"http://127.0.0.1:{self._servers[place].server_address[1]}"
