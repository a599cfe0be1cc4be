"""Registering a model: once, read back, and with clear words for everything that can go wrong."""

import pytest

from nyay_lib.config import RegistryConfig
from nyay_lib.errors import DamagedError, RegistryError
from nyay_lib.export.model_files import Gguf
from nyay_lib.prompt import CHATML, LLAMA3, SYSTEM_PROMPT
from nyay_lib.registry.modelfile import card
from nyay_lib.registry.ollama import Registered, copy, delete, register, tags
from tests.nyay_lib.registry.ollama_server import OllamaServer

TAG = "nyay-ai:run-f16"
CARD = card(LLAMA3, RegistryConfig(), "llama3.2")


class Sent:
    """What was reported while a file was sent."""

    def __init__(self) -> None:
        self.reports: list[tuple[int, int]] = []

    def __call__(self, done: int, total: int) -> None:
        self.reports.append((done, total))


def register_it(server: OllamaServer, gguf: Gguf) -> Registered:
    return register(server.address, TAG, gguf, CARD, Sent())


def test_a_model_is_made_as_it_was_told(server: OllamaServer, gguf: Gguf) -> None:
    made = register_it(server, gguf)
    model = server.models[TAG]
    assert (model.template, model.system, model.blob) == (LLAMA3.go, SYSTEM_PROMPT, gguf.sha256)
    assert model.licence == "llama3.2"
    assert model.parameters == {"stop": list(LLAMA3.stops), "temperature": 0.7, "top_p": 0.9, "num_ctx": 4096}
    assert made == Registered(TAG, model.digest, reused=False)


def test_bytes_are_reported_up_to_the_last(server: OllamaServer, gguf: Gguf) -> None:
    sent = Sent()
    register(server.address, TAG, gguf, CARD, sent)
    assert sent.reports[-1] == (gguf.bytes, gguf.bytes)
    assert [done for done, _ in sent.reports] == sorted(done for done, _ in sent.reports)


def test_a_file_that_is_there_is_not_sent_again(server: OllamaServer, gguf: Gguf) -> None:
    server.blobs[gguf.sha256] = gguf.path.read_bytes()
    register_it(server, gguf)
    assert server.asked("HEAD /api/blobs") == 1 and server.asked("POST /api/blobs") == 0


def test_a_model_that_is_there_is_not_made_again(server: OllamaServer, gguf: Gguf) -> None:
    first = register_it(server, gguf)
    second = register_it(server, gguf)
    assert second.reused and second.digest == first.digest and server.asked("/api/create") == 1


def test_a_tag_never_changes(server: OllamaServer, gguf: Gguf) -> None:
    register_it(server, gguf)
    before = server.models[TAG]
    for other in (card(CHATML, RegistryConfig(), "mit"), card(LLAMA3, RegistryConfig(num_ctx=512), "mit")):
        with pytest.raises(RegistryError, match="tags never change"):
            register(server.address, TAG, gguf, other, Sent())
    with pytest.raises(RegistryError, match="another file, and tags"):
        register_it(server, gguf.model_copy(update={"sha256": "0" * 64}))
    assert server.models[TAG] is before


def test_a_server_that_rewrites_the_template_is_found_out(server: OllamaServer, gguf: Gguf) -> None:
    server.faults.shown_template = "{{ .Prompt }}"
    with pytest.raises(RegistryError, match="another template"):
        register_it(server, gguf)
    assert server.models == {}


def test_a_newer_server_may_store_the_file_otherwise(server: OllamaServer, gguf: Gguf) -> None:
    register_it(server, gguf)
    server.models[TAG].blob = "1" * 64
    server.version = "0.30.1"
    assert register_it(server, gguf).reused


def test_nobody_there_is_said_with_the_way_out(nobody: str, gguf: Gguf) -> None:
    with pytest.raises(RegistryError, match=f"no Ollama at {nobody}, .*start it with `ollama serve`"):
        register(nobody, TAG, gguf, CARD, Sent())


def test_an_old_server_is_refused(server: OllamaServer, gguf: Gguf) -> None:
    server.version = "0.5.4"
    with pytest.raises(RegistryError, match=r"0\.5\.4 is too old.*update"):
        register_it(server, gguf)


@pytest.mark.parametrize("path", ["/api/show", "/api/blobs", "/api/create", "/api/tags"])
def test_a_connection_that_breaks_is_tried_again(server: OllamaServer, gguf: Gguf, path: str) -> None:
    server.faults.drops[path] = 3
    assert not register_it(server, gguf).reused


@pytest.mark.parametrize("path", ["/api/show", "/api/blobs", "/api/create"])
def test_but_not_for_ever(server: OllamaServer, gguf: Gguf, path: str) -> None:
    server.faults.drops[path] = 100
    with pytest.raises(RegistryError, match="broke the connection"):
        register_it(server, gguf)
    assert server.asked(path) == 4


def test_an_error_in_the_middle_of_the_stream_is_no_success(server: OllamaServer, gguf: Gguf) -> None:
    server.faults.creation = "unexpected EOF"
    with pytest.raises(RegistryError, match="refused to make the model: unexpected EOF"):
        register_it(server, gguf)
    assert server.asked("/api/create") == 1 and TAG not in server.models


def test_a_stream_that_ends_early_is_no_success(server: OllamaServer, gguf: Gguf) -> None:
    server.faults.halts = True
    with pytest.raises(RegistryError, match="broke off"):
        register_it(server, gguf)


@pytest.mark.parametrize("where", ["upload", "creation"])
def test_a_full_disk_is_named(server: OllamaServer, gguf: Gguf, where: str) -> None:
    setattr(server.faults, where, "write /models/blobs/x: no space left on device")
    with pytest.raises(RegistryError, match=r"no room on its disk.*OLLAMA_MODELS"):
        register_it(server, gguf)


def test_a_file_that_changed_since_its_export_is_not_sent(server: OllamaServer, gguf: Gguf) -> None:
    for fault in ({"bytes": gguf.bytes + 1}, {"path": gguf.path.parent / "gone.gguf"}):
        with pytest.raises(RegistryError, match="export it again"):
            register_it(server, gguf.model_copy(update=fault))
    assert server.asked("POST /api/blobs") == 0


def test_a_file_with_another_digest_is_not_sent(server: OllamaServer, gguf: Gguf) -> None:
    with pytest.raises(DamagedError, match=r"has changed since it was made: its SHA-256 is another; run again"):
        register_it(server, gguf.model_copy(update={"sha256": "2" * 64}))
    assert not server.blobs and not server.models


def test_a_server_that_speaks_otherwise_is_not_taken_for_ollama(server: OllamaServer, gguf: Gguf) -> None:
    server.faults.shown = "<html>hello</html>"
    with pytest.raises(RegistryError, match="does not answer like Ollama"):
        register_it(server, gguf)


def test_a_copy_names_the_same_model(server: OllamaServer, gguf: Gguf) -> None:
    register_it(server, gguf)
    copy(server.address, TAG, "nyay-ai:production")
    found = tags(server.address)
    assert found["nyay-ai:production"] == found[TAG]


def test_a_copy_that_did_not_happen_is_found_out(server: OllamaServer, gguf: Gguf) -> None:
    register_it(server, gguf)
    server.faults.copies_nothing = True
    with pytest.raises(RegistryError, match="they differ"):
        copy(server.address, TAG, "nyay-ai:production")
    with pytest.raises(RegistryError, match="not found"):
        copy(server.address, "nyay-ai:none", "nyay-ai:production")


def test_deleting_keeps_what_another_tag_needs(server: OllamaServer, gguf: Gguf) -> None:
    register_it(server, gguf)
    copy(server.address, TAG, "nyay-ai:production")
    delete(server.address, TAG)
    delete(server.address, TAG)
    assert list(tags(server.address)) == ["nyay-ai:production"] and gguf.sha256 in server.blobs
