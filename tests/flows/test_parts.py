"""The parts of `nyay up`: how their start is waited for."""

import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from flows.parts import wait_for


class Healthy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_the_own_server_is_asked_without_the_offices_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), Healthy) as server, subprocess.Popen(["sleep", "5"]) as process:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        wait_for(f"http://127.0.0.1:{server.server_port}/api/health", process)
        assert process.poll() is None
        process.kill()
        server.shutdown()
