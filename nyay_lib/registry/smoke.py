"""A first question to a model in Ollama, before anybody else asks one."""

from collections.abc import Sequence

from nyay_lib.errors import RegistryError
from nyay_lib.prompt import ChatFormat, conversation
from nyay_lib.registry.client import Answer, Client

QUESTION = "In one sentence: what does Section 302 of the Indian Penal Code, 1860 punish?"
ANSWER_TOKENS = 512
# Ollama breaks off, without counting anything, when one token comes more than 30 times in a row.
COMPARED_TOKENS = 24


class SmokeFailure(RegistryError):
    """The model is in Ollama, but does not talk as it should."""


def smoke_test(address: str, tag: str, chat: ChatFormat) -> Answer:
    """Ask the fixed question: it must stop, speak, show no token of the template, and see exactly our prompt.

    Gives the answer. Raises SmokeFailure if it does not, RegistryError if Ollama cannot be asked.
    """
    with Client(address) as client:
        first = client.chat(tag, conversation(QUESTION)[1:], _greedy(ANSWER_TOKENS))
        faults = [*answer_faults(first, chat), *_prompt_faults(client, tag, chat)]
        client.unload(tag)
    if faults:
        raise SmokeFailure(f"smoke test of {tag}: {'; '.join(faults)}")
    return first


def answer_faults(answer: Answer, chat: ChatFormat) -> Sequence[str]:
    """What is wrong with an answer by its looks."""
    known = {chat.bos, chat.before, chat.after.strip(), chat.end, *chat.stops} - {""}
    leaked = sorted(token for token in known if token in answer.text)
    found = {
        "it says nothing": not answer.text.strip(),
        f"it writes {', '.join(leaked)} into its answer": bool(leaked),
        f"it does not stop within {ANSWER_TOKENS} tokens": answer.ended == "length",
        "it repeats itself until Ollama breaks off": answer.ended is None,
    }
    return [fault for fault, true in found.items() if true]


def _prompt_faults(client: Client, tag: str, chat: ChatFormat) -> Sequence[str]:
    """Whether Ollama renders a conversation as we do, by what the model then says.

    Both find the prompt in the cache of the first question: a prompt that is computed afresh rounds otherwise, and a
    greedy answer can differ for that alone. The model's own system prompt is left for Ollama to add.
    """
    messages, options = conversation(QUESTION), _greedy(COMPARED_TOKENS)
    ours = client.complete(tag, chat.prompt(messages).removeprefix(chat.bos), options)
    theirs = client.chat(tag, messages[1:], options)
    if ours == theirs:
        return []
    return [
        "Ollama does not render a conversation by our template "
        f"({theirs.prompt_tokens} tokens and {theirs.text[:40]!r}, ours {ours.prompt_tokens} and {ours.text[:40]!r})"
    ]


def _greedy(tokens: int) -> dict[str, float]:
    return {"temperature": 0, "seed": 0, "num_predict": tokens}
