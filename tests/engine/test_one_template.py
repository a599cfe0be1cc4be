"""Five conversations, the same text byte for byte from the tokenizer, from llama.cpp by the GGUF, and from us."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from llama_cpp import Llama
from llama_cpp.llama_chat_format import Jinja2ChatFormatter
from transformers import AutoTokenizer

from nyay_lib.base_model.tiny import make_tiny
from nyay_lib.export.gguf import write_gguf
from nyay_lib.prompt import LLAMA3, Message
from tests.conversations import CONVERSATIONS


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Llama 3 and its GGUF beside it."""
    folder = tmp_path_factory.mktemp("template") / "model"
    make_tiny(folder)
    write_gguf(folder, folder.with_suffix(".gguf"), name="Tiny")
    return folder


@pytest.fixture(scope="module")
def llama(model: Path) -> Iterator[Llama]:
    loaded = Llama(str(model.with_suffix(".gguf")), vocab_only=True, verbose=False)
    yield loaded
    loaded.close()


def by_llama_cpp(llama: Llama, messages: list[Message]) -> str:
    """As Llama.create_chat_completion does it: the template and the names of its tokens stand in the file."""
    marks = [llama.detokenize([token], special=True).decode() for token in (llama.token_bos(), llama.token_eos())]
    template = llama.metadata["tokenizer.chat_template"]
    render = Jinja2ChatFormatter(template=template, bos_token=marks[0], eos_token=marks[1])
    return render(messages=messages).prompt  # type: ignore[arg-type]


@pytest.mark.parametrize("messages", CONVERSATIONS, ids=[str(n) for n in range(len(CONVERSATIONS))])
def test_all_write_the_same(model: Path, llama: Llama, messages: list[Message]) -> None:
    tokenizer = AutoTokenizer.from_pretrained(model)
    theirs = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    assert theirs == by_llama_cpp(llama, messages) == LLAMA3.prompt(messages)


@pytest.mark.parametrize("messages", CONVERSATIONS, ids=[str(n) for n in range(len(CONVERSATIONS))])
def test_the_bos_token_stands_there_once(model: Path, llama: Llama, messages: list[Message]) -> None:
    tokenizer = AutoTokenizer.from_pretrained(model)
    theirs = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False)
    text = LLAMA3.prompt(messages)
    # A server that is given text without the token adds it, as the file tells it to.
    added = llama.tokenize(text.removeprefix(LLAMA3.bos).encode(), add_bos=True, special=True)
    assert theirs == added == llama.tokenize(text.encode(), add_bos=False, special=True)
    assert added.count(llama.token_bos()) == 1 and added[0] == llama.token_bos()
    assert llama.metadata["tokenizer.ggml.add_bos_token"] == "true"
