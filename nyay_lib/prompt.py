"""The one system prompt and the one chat template: for training, evaluation, GGUF and Ollama alike.

The templates that models come with differ by the day (Llama 3.2 writes today's date into the system turn) and carry
tools that nobody here uses. So a model's own template is replaced by a fixed one of its family, told apart by the
special tokens in its vocabulary. A ChatFormat is the single source from which the Jinja template (tokenizer, GGUF),
the Go template (Ollama) and the prompt itself are written.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

from nyay_lib.errors import BaseModelError

SYSTEM_PROMPT = (
    "You are Nyay AI, a legal assistant specializing in Indian law. You provide accurate, well-structured legal "
    "analysis based on Indian court judgments. Always cite specific sections, acts, and precedents when relevant."
)

Role = Literal["system", "user", "assistant"]


class Message(TypedDict):
    """One turn of a conversation."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class ChatFormat:
    """How a family of models writes a conversation: ``bos`` once, then ``before role after content end`` a turn."""

    family: str
    bos: str
    before: str
    after: str
    end: str
    stops: tuple[str, ...]
    separator: str = ""

    def turn(self, role: str, content: str) -> str:
        """One finished turn."""
        return f"{self.open(role)}{content}{self.close}"

    def open(self, role: str) -> str:
        """What stands before a turn's content."""
        return f"{self.before}{role}{self.after}"

    @property
    def close(self) -> str:
        """What stands after a turn's content."""
        return self.end + self.separator

    def prompt(self, messages: Sequence[Message]) -> str:
        """The text after which the model answers."""
        return self.bos + "".join(self.turn(m["role"], m["content"]) for m in messages) + self.open("assistant")

    @property
    def jinja(self) -> str:
        """The same as a Hugging Face chat template."""
        head = f"{{{{ {_quoted(self.bos)} }}}}" if self.bos else ""
        turn = f"{_quoted(self.before)} + m['role'] + {_quoted(self.after)} + m['content'] + {_quoted(self.close)}"
        return (
            f"{head}{{% for m in messages %}}{{{{ {turn} }}}}{{% endfor %}}"
            f"{{% if add_generation_prompt %}}{{{{ {_quoted(self.open('assistant'))} }}}}{{% endif %}}"
        )

    @property
    def go(self) -> str:
        """The same as an Ollama template. The server adds the BOS token itself."""
        turn = f"{self.before}{{{{ .Role }}}}{self.after}{{{{ .Content }}}}{self.close}"
        return f"{{{{- range .Messages }}}}{turn}{{{{ end }}}}{self.open('assistant')}"


def _quoted(text: str) -> str:
    """``text`` as a Jinja string literal."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"


LLAMA3 = ChatFormat(
    family="llama3",
    bos="<|begin_of_text|>",
    before="<|start_header_id|>",
    after="<|end_header_id|>\n\n",
    end="<|eot_id|>",
    stops=("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<|end_of_text|>"),
)
CHATML = ChatFormat(
    family="chatml",
    bos="",
    before="<|im_start|>",
    after="\n",
    end="<|im_end|>",
    stops=("<|im_start|>", "<|im_end|>"),
    separator="\n",
)
FORMATS = (LLAMA3, CHATML)


def chat_format(vocabulary: Container[str]) -> ChatFormat:
    """The format of the family whose special tokens are in ``vocabulary``.

    Raises BaseModelError for a model of another family.
    """
    for known in FORMATS:
        if known.before in vocabulary and known.end in vocabulary:
            return known
    families = ", ".join(f"{f.family} ({f.before})" for f in FORMATS)
    raise BaseModelError(f"the base model's vocabulary has no chat tokens that are known here: {families}")


def user_turn(instruction: str, source: str) -> str:
    """The user's turn: instruction and judgment, or whichever of them there is."""
    return "\n\n".join(part for part in (instruction, source) if part)


def conversation(user: str, answer: str | None = None) -> list[Message]:
    """System prompt and question, with the answer where there is one."""
    turns: list[Message] = [{"role": "system", "content": SYSTEM_PROMPT}, {"role": "user", "content": user}]
    return turns if answer is None else [*turns, {"role": "assistant", "content": answer}]
