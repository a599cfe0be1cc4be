"""A client in OpenAI's form: llama-server, llama_cpp.server, Ollama and `nyay serve` all understand it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from nyay_lib.errors import ServingError
from nyay_lib.prompt import Message
from nyay_lib.registry.address import BARE_PORT, connection, is_local

CONNECT_SECONDS = 5.0
# A model may be loaded first, and a long prompt read, before the first word comes.
ANSWER_SECONDS = 600.0
DATA, END = "data:", "[DONE]"


@dataclass(frozen=True, slots=True)
class Server:
    """A server by its address, with or without the /v1 at its end, and the model that is asked there."""

    url: str
    model: str

    @property
    def root(self) -> str:
        return api_root(self.url)


def api_root(url: str) -> str:
    """Where the paths of the API begin."""
    return f"{url.rstrip('/').removesuffix('/v1')}/v1"


def find_server(url: str, preferred: str) -> Server:
    """The server with the model that is asked: ``preferred`` where it has that, else its first.

    Raises ServingError if nothing answers, or it has no model.
    """
    try:
        answer = httpx.get(f"{api_root(url)}/models", timeout=_timeout(), **connection(url))
        _require_success(url, answer)
        names = [str(model["id"]) for model in answer.json()["data"]]
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _nobody(url, error) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ServingError(f"{url}: does not answer as an OpenAI-style server; name one, such as :8080") from error
    if not names:
        raise ServingError(f"{url}: the server has no model; load one there")
    return Server(url, preferred if preferred in names else names[0])


def stream(
    server: Server, messages: Sequence[Message], max_tokens: int, temperature: float = 0.0, top_p: float = 1.0
) -> Iterator[str]:
    """The pieces of an answer as they come. Raises ServingError if the server refuses or goes away."""
    asked: dict[str, Any] = {"model": server.model, "messages": list(messages), "stream": True}
    asked |= {"max_tokens": max_tokens, "temperature": temperature, "top_p": top_p}
    where = f"{server.root}/chat/completions"
    try:
        with httpx.stream("POST", where, json=asked, timeout=_timeout(), **connection(server.url)) as answer:
            if not answer.is_success:
                answer.read()
            _require_success(server.url, answer)
            yield from _pieces(server.url, answer.iter_lines())
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _nobody(server.url, error) from error


def _pieces(url: str, lines: Iterator[str]) -> Iterator[str]:
    """The texts in server-sent events. Raises ServingError for an answer that breaks off."""
    for line in lines:
        told = line.removeprefix(DATA).strip()
        if not line.startswith(DATA) or not told:
            continue
        if told == END:
            return
        try:
            event = json.loads(told)
            choices = event["choices"] if "error" not in event else None
            text = choices[0]["delta"].get("content") if choices else None
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise ServingError(f"{url}: sent {told[:80]!r}, which is no piece of an answer") from error
        if choices is None:
            raise ServingError(f"{url}: {_message(event)}")
        if text:
            yield text
    raise ServingError(f"{url}: the answer broke off; ask again")


def _require_success(url: str, answer: httpx.Response) -> None:
    if not answer.is_success:
        try:
            said = _message(answer.json())
        except ValueError:
            said = answer.text[:200]
        raise ServingError(f"{url}: refuses ({answer.status_code}): {said}")


def _message(body: Any) -> str:
    """What a server says is wrong: the message of OpenAI's form, else all of it."""
    error = body.get("error", body) if isinstance(body, dict) else body  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return str(error.get("message", error) if isinstance(error, dict) else error)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


def _nobody(url: str, error: Exception) -> ServingError:
    command = "ollama serve" if urlsplit(url).port == BARE_PORT else "nyay serve"
    mend = f"start one with `{command}`" if is_local(url) else "look whether it runs there"
    return ServingError(f"{url}: no server answers ({str(error) or type(error).__name__}); {mend}")


def _timeout() -> httpx.Timeout:
    return httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
