"""OLLAMA_HOST in all its forms, and who answers there."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from nyay_lib.config import PipelineConfig, RegistryConfig
from nyay_lib.registry.address import address, how_to_start, is_local, nobody_at, outdated, parse_host, version
from tests.nyay_lib.registry.ollama_server import OllamaServer


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "http://127.0.0.1:11434"),
        ("  ", "http://127.0.0.1:11434"),
        ("example.com", "http://example.com:11434"),
        ("example.com/", "http://example.com:11434"),
        ("example.com:56789", "http://example.com:56789"),
        ("1.2.3.4:1", "http://1.2.3.4:1"),
        (":56789", "http://127.0.0.1:56789"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:56789", "http://127.0.0.1:56789"),
        ("http://0.0.0.0:56789", "http://127.0.0.1:56789"),
        ("[::]:56789", "http://[::1]:56789"),
        ("::1", "http://[::1]:11434"),
        ("[::1]", "http://[::1]:11434"),
        ("[0001:002:003:0004::1]:56789", "http://[0001:002:003:0004::1]:56789"),
        ("http://example.com", "http://example.com:80"),
        ("https://example.com", "https://example.com:443"),
        ("https://example.com:56789/path/", "https://example.com:56789/path"),
        ("example.com:56789/path", "http://example.com:56789/path"),
        ('"example.com"', "http://example.com:11434"),
        ("'1.2.3.4'", "http://1.2.3.4:11434"),
        ("example.com:66000", "http://example.com:11434"),
        ("example.com:port", "http://example.com:11434"),
        ("https://user:secret@example.com", "https://example.com:443"),
    ],
)
def test_a_host_is_read_as_ollama_reads_it(text: str, found: str) -> None:
    assert parse_host(text) == found


def test_the_configuration_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_HOST", "elsewhere:1")
    assert address(PipelineConfig()) == "http://elsewhere:1"
    assert address(PipelineConfig(registry=RegistryConfig(host="here:2"))) == "http://here:2"
    monkeypatch.delenv("OLLAMA_HOST")
    assert address(PipelineConfig()) == "http://127.0.0.1:11434"


@pytest.mark.parametrize("where", ["http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1"])
def test_this_machine_is_told_from_others(where: str) -> None:
    assert is_local(where) and "ollama serve" in nobody_at(where)
    assert not is_local("http://example.com:1") and "registry.host" in nobody_at("http://example.com:1")


def test_where_ollama_is_missing_it_is_to_be_installed_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("nyay_lib.registry.address.APP", tmp_path / "Ollama.app")
    assert how_to_start("http://127.0.0.1:1").startswith("install it from https://ollama.com/download and start it")
    (tmp_path / "ollama").touch(mode=0o755)
    assert how_to_start("http://127.0.0.1:1").startswith("start it with `ollama serve`")


def test_a_server_tells_its_version_even_behind_a_proxy(server: OllamaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert version(server.address) == "0.11.4"


@pytest.mark.parametrize("where", ["ftp://127.0.0.1:1", "http://[::1", "http://no such host:1"])
def test_nobody_answers_at_a_senseless_address(where: str, nobody: str) -> None:
    assert version(where) is None and version(nobody) is None


def test_another_server_than_ollama_counts_as_nobody() -> None:
    class Other(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>hello</html>")

    with HTTPServer(("127.0.0.1", 0), Other) as other:
        threading.Thread(target=other.handle_request, daemon=True).start()
        assert version(f"http://127.0.0.1:{other.server_address[1]}") is None


@pytest.mark.parametrize("found", ["0.5.5", "0.11.4", "0.6.0-rc0", "1.0.0", "0.0.0", "weird"])
def test_versions_that_will_do(found: str) -> None:
    assert outdated(found) is None


@pytest.mark.parametrize("found", ["0.5.4", "0.1.48", "v0.3.0"])
def test_versions_that_are_too_old_are_named(found: str) -> None:
    assert found in str(outdated(found)) and "0.5.5" in str(outdated(found))
