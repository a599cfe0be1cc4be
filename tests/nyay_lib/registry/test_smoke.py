"""The first question: it must stop, speak, and see exactly our prompt."""

import dataclasses

import pytest

from nyay_lib.config import RegistryConfig
from nyay_lib.errors import RegistryError
from nyay_lib.export.model_files import Gguf
from nyay_lib.prompt import CHATML, LLAMA3, ChatFormat, conversation
from nyay_lib.registry.modelfile import card
from nyay_lib.registry.ollama import register
from nyay_lib.registry.smoke import QUESTION, SmokeFailure, smoke_test
from tests.nyay_lib.registry.ollama_server import OllamaServer

TAG = "nyay-ai:run-f16"


def serve(server: OllamaServer, gguf: Gguf, chat: ChatFormat) -> None:
    register(server.address, TAG, gguf, card(chat, RegistryConfig(), "mit"), lambda done, total: None)


@pytest.mark.parametrize("chat", [LLAMA3, CHATML])
def test_a_good_model_passes_and_is_unloaded(server: OllamaServer, gguf: Gguf, chat: ChatFormat) -> None:
    serve(server, gguf, chat)
    smoke = smoke_test(server.address, TAG, chat)
    prompt = chat.prompt(conversation(QUESTION)).removeprefix(chat.bos)
    assert smoke.text == server.answer(prompt)[0] and smoke.prompt_tokens == len(prompt.split()) + 1
    assert server.requests[-1] == "POST /api/generate"


@pytest.mark.parametrize(
    ("answer", "ended", "fault"),
    [
        ("", "stop", "it says nothing"),
        (" \n", "stop", "it says nothing"),
        ("Murder.<|eot_id|>", "stop", r"it writes <\|eot_id\|> into its answer"),
        ("<|start_header_id|>assistant<|end_header_id|>", "stop", "end_header_id.*start_header_id"),
        ("<|begin_of_text|>Murder.", "stop", "begin_of_text"),
        ("Murder and so on", "length", "does not stop within 512 tokens"),
        ("das das das", None, "repeats itself"),
    ],
)
def test_an_answer_that_looks_wrong_fails(
    server: OllamaServer, gguf: Gguf, answer: str, ended: str | None, fault: str
) -> None:
    serve(server, gguf, LLAMA3)
    server.faults.answer, server.faults.ended = answer, ended
    with pytest.raises(SmokeFailure, match=fault):
        smoke_test(server.address, TAG, LLAMA3)


@pytest.mark.parametrize(
    "change",
    [
        {"after": "<|end_header_id|>\n"},
        {"before": "<|begin_of_text|><|start_header_id|>"},
        {"end": "<|eot_id|> "},
    ],
)
def test_a_server_that_renders_by_another_template_fails(
    server: OllamaServer, gguf: Gguf, change: dict[str, str]
) -> None:
    serve(server, gguf, LLAMA3)
    server.faults.used_template = dataclasses.replace(LLAMA3, **change)  # pyright: ignore[reportArgumentType]
    with pytest.raises(SmokeFailure, match="does not render a conversation by our template"):
        smoke_test(server.address, TAG, LLAMA3)


def test_a_server_that_forgets_the_system_prompt_fails(server: OllamaServer, gguf: Gguf) -> None:
    serve(server, gguf, LLAMA3)
    server.models[TAG].system = "You are a pirate."
    with pytest.raises(SmokeFailure, match="by our template"):
        smoke_test(server.address, TAG, LLAMA3)


def test_a_server_that_cannot_be_asked_is_no_fault_of_the_model(server: OllamaServer) -> None:
    with pytest.raises(RegistryError, match="not found") as caught:
        smoke_test(server.address, TAG, LLAMA3)
    assert not isinstance(caught.value, SmokeFailure)
