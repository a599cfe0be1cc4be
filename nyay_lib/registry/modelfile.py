"""What Ollama is told about a model beside its weights: once as a Modelfile, once over its API."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from nyay_lib.config import RegistryConfig
from nyay_lib.errors import RegistryError
from nyay_lib.prompt import SYSTEM_PROMPT, ChatFormat

Value = float | str | list[str]


@dataclass(frozen=True, slots=True)
class Card:
    """Template, system prompt, parameters and licence: all that is served with a GGUF."""

    template: str
    system: str
    parameters: Mapping[str, Value]
    licence: str


def card(chat: ChatFormat, registry: RegistryConfig, licence: str) -> Card:
    """The card of a model of the family of ``chat``."""
    # Ollama guesses a template by likeness when none is given, and guesses wrong.
    parameters: dict[str, Value] = {
        "stop": list(chat.stops),
        "temperature": registry.temperature,
        "top_p": registry.top_p,
        "num_ctx": registry.num_ctx,
    }
    return Card(chat.go, SYSTEM_PROMPT, parameters, licence)


def modelfile(gguf: Path, chat: ChatFormat, registry: RegistryConfig, licence: str) -> str:
    """The text that ``ollama create NAME -f Modelfile`` takes. Source: ollama, docs/modelfile.md.

    Raises RegistryError for a text that a Modelfile cannot hold.
    """
    # A path that does not exist is silently taken for the name of a model, so it is never relative.
    return "\n".join([f"FROM {_line(str(gguf.absolute()))}", *_instructions(card(chat, registry, licence))]) + "\n"


def _instructions(told: Card) -> Iterator[str]:
    yield f"TEMPLATE {_quoted(told.template)}"
    yield f"SYSTEM {_quoted(told.system)}"
    for name, value in told.parameters.items():
        for single in value if isinstance(value, list) else [value]:
            yield f"PARAMETER {name} {_quoted(single) if isinstance(single, str) else single}"
    yield f"LICENSE {_quoted(told.licence)}"


def _quoted(text: str) -> str:
    """``text`` between three quotes, in which everything stands for itself but three quotes."""
    if '"""' in text:
        raise RegistryError(f'a Modelfile cannot hold three quotes in a row: {text[:80]!r}; write them as "')
    return f'"""{text}"""'


def _line(path: str) -> str:
    """A path without quotes, as blanks need none."""
    if not path.isprintable():
        raise RegistryError(f"a Modelfile cannot hold the path {path!r}; put paths.runs somewhere else")
    return path
