"""The one template: golden text, and the same from Jinja."""

import jinja2
import pytest

from nyay_lib.errors import BaseModelError
from nyay_lib.prompt import CHATML, FORMATS, LLAMA3, SYSTEM_PROMPT, ChatFormat, chat_format, conversation, user_turn

GOLDEN = {
    "llama3": (
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n{system}<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\nWhat is bail?<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n"
    ),
    "chatml": (
        "<|im_start|>system\n{system}<|im_end|>\n<|im_start|>user\nWhat is bail?<|im_end|>\n<|im_start|>assistant\n"
    ),
}


@pytest.mark.parametrize("chat", FORMATS, ids=lambda chat: chat.family)
def test_a_question_is_written_as_agreed(chat: ChatFormat) -> None:
    assert chat.prompt(conversation("What is bail?")) == GOLDEN[chat.family].format(system=SYSTEM_PROMPT)


@pytest.mark.parametrize("chat", FORMATS, ids=lambda chat: chat.family)
@pytest.mark.parametrize("user", ["What is bail?", 'it\'s "quoted"\n\n{{ x }} {% y %} \\n', "धारा ४२० § ₹ 🙂"])
def test_jinja_renders_the_same_text(chat: ChatFormat, user: str) -> None:
    render = jinja2.Environment(trim_blocks=True, lstrip_blocks=True).from_string(chat.jinja).render
    assert render(messages=conversation(user), add_generation_prompt=True) == chat.prompt(conversation(user))


@pytest.mark.parametrize("chat", FORMATS, ids=lambda chat: chat.family)
def test_an_answered_conversation_is_prompt_answer_and_end(chat: ChatFormat) -> None:
    render = jinja2.Environment().from_string(chat.jinja).render
    whole = render(messages=conversation("Q", "A"), add_generation_prompt=False)
    assert whole == chat.prompt(conversation("Q")) + "A" + chat.close


def test_the_system_prompt_is_the_specifications() -> None:
    assert SYSTEM_PROMPT.startswith("You are Nyay AI, a legal assistant specializing in Indian law. You provide ")
    assert SYSTEM_PROMPT.endswith("Always cite specific sections, acts, and precedents when relevant.")


def test_the_family_is_told_by_its_tokens_and_another_is_refused() -> None:
    assert chat_format({"<|start_header_id|>", "<|eot_id|>"}) is LLAMA3
    assert chat_format({"<|im_start|>", "<|im_end|>"}) is CHATML
    with pytest.raises(BaseModelError, match="no chat tokens"):
        chat_format({"[INST]"})


def test_without_a_source_the_user_turn_is_the_instruction_alone() -> None:
    assert user_turn("Summarize.", "") == "Summarize."
    assert user_turn("Summarize.", "IN THE COURT") == "Summarize.\n\nIN THE COURT"
