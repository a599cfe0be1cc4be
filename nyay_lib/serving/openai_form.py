"""The form in which OpenAI's API asks and answers. Source: platform.openai.com, API reference, chat completions."""

import time
from typing import Annotated, Any, Literal

import pydantic
from pydantic import Field, StringConstraints

from nyay_lib.errors import ServingError
from nyay_lib.prompt import Message

Finish = Literal["stop", "length"] | None


class Part(pydantic.BaseModel):
    """A piece of a message. Pictures are refused: the model reads text."""

    type: Literal["text"]
    text: str


class Turn(pydantic.BaseModel):
    """One message."""

    role: Literal["system", "user", "assistant"]
    content: str | list[Part]

    @property
    def message(self) -> Message:
        whole = self.content if isinstance(self.content, str) else "\n\n".join(part.text for part in self.content)
        return {"role": self.role, "content": whole}


class ChatRequest(pydantic.BaseModel):
    """What is asked; fields that are not known here are let pass, as other servers do."""

    messages: list[Turn] = Field(min_length=1)
    model: str = ""
    stream: bool = False
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    temperature: float | None = Field(default=None, ge=0.0, le=2.0)
    top_p: float | None = Field(default=None, gt=0.0, le=1.0)
    seed: int | None = None
    stop: str | list[Annotated[str, StringConstraints(min_length=1)]] | None = None

    @property
    def wanted_tokens(self) -> int | None:
        return self.max_completion_tokens or self.max_tokens

    @property
    def stops(self) -> tuple[str, ...]:
        return () if self.stop is None else (self.stop,) if isinstance(self.stop, str) else tuple(self.stop)


def read_request(body: bytes) -> ChatRequest:
    """The request in a body. Raises ServingError that names the field."""
    try:
        return ChatRequest.model_validate_json(body)
    except pydantic.ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(map(str, fault["loc"])) or "the body"
        raise ServingError(f"{place}: {fault['msg']}") from error


def whole_answer(name: str, key: str, text: str, finish: Finish, prompt_tokens: int, tokens: int) -> dict[str, Any]:
    """An answer in one piece."""
    usage = {"prompt_tokens": prompt_tokens, "completion_tokens": tokens, "total_tokens": prompt_tokens + tokens}
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    return _envelope("chat.completion", name, key) | {"choices": [choice], "usage": usage}


def piece(name: str, key: str, delta: dict[str, str], finish: Finish = None) -> dict[str, Any]:
    """A piece of an answer that is streamed."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return _envelope("chat.completion.chunk", name, key) | {"choices": [choice]}


def _envelope(kind: str, name: str, key: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{key}", "object": kind, "created": int(time.time()), "model": name}


def error_body(message: str, kind: str = "invalid_request_error") -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": None}}
