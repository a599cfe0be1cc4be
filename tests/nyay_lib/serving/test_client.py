"""The client of OpenAI-style servers: what it asks, and what it makes of bad answers."""

from collections.abc import Iterator

import pytest

from nyay_lib.errors import ServingError
from nyay_lib.prompt import conversation
from nyay_lib.serving.client import Server, find_server, stream
from tests.nyay_lib.serving.openai_server import OpenAIServer

MESSAGES = conversation("What is bail?")


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as fake:
        yield fake


def answer(server: OpenAIServer) -> str:
    return "".join(stream(Server(server.address, "m"), MESSAGES, 7))


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/"])
def test_an_answer_comes_in_pieces_with_or_without_v1_in_the_address(server: OpenAIServer, ending: str) -> None:
    pieces = list(stream(Server(server.address + ending, "m"), MESSAGES, 7))
    assert len(pieces) == 4 and "".join(pieces) == server.answer
    asked = {"path": "/v1/chat/completions", "model": "m", "messages": MESSAGES, "stream": True, "max_tokens": 7}
    assert server.asked == [asked | {"temperature": 0.0, "top_p": 1.0}]


def test_the_wanted_model_is_asked_where_the_server_has_it_else_its_first(server: OpenAIServer) -> None:
    assert find_server(server.address, "nyay-ai:latest").model == "nyay-ai:latest"
    assert find_server(server.address, "nyay-ai:production").model == "first"
    server.models = []
    with pytest.raises(ServingError, match="the server has no model"):
        find_server(server.address, "m")


def test_a_refusal_is_told_in_the_servers_words(server: OpenAIServer) -> None:
    server.refusal = b'{"error": {"message": "too long"}}'
    with pytest.raises(ServingError, match=r"refuses \(400\): too long"):
        answer(server)
    server.refusal = b"<html>"
    with pytest.raises(ServingError, match=r"refuses \(400\): <html>"):
        answer(server)


@pytest.mark.parametrize(
    ("ending", "told"),
    [
        (b"", "the answer broke off"),
        (b"data: {\n\n", "which is no piece of an answer"),
        (b'data: {"error": {"message": "memory"}}\n\n', "memory"),
    ],
)
def test_an_answer_that_does_not_end_well_is_told(server: OpenAIServer, ending: bytes, told: str) -> None:
    server.ending = ending
    with pytest.raises(ServingError, match=told):
        answer(server)


def test_nobody_at_the_address_is_told() -> None:
    with pytest.raises(ServingError, match=r"http://127.0.0.1:9: no server answers .*start one with `nyay serve`"):
        find_server("http://127.0.0.1:9", "m")


def test_another_kind_of_server_is_told(server: OpenAIServer) -> None:
    server.listing = b'{"models": []}'
    with pytest.raises(ServingError, match="does not answer as an OpenAI-style server"):
        find_server(server.address, "m")
