"""Ollama's API: one method a request, every failure in words, and a second try only for a broken connection."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import ollama
import pydantic
import tenacity

from nyay_lib.errors import RegistryError
from nyay_lib.files import CHUNK_BYTES
from nyay_lib.registry.address import connection, nobody_at, tries
from nyay_lib.registry.modelfile import Card

T = TypeVar("T")
Report = Callable[[int, int], None]  # bytes sent, and bytes to be sent

# A model of gigabytes is copied and loaded in silence: minutes on a slow disk.
TIMEOUT = httpx.Timeout(600.0, connect=5.0)
BLOB = re.compile(r"^FROM .*sha256-([0-9a-f]{64})$", re.MULTILINE)
DISK_FULL = ("no space left", "not enough space", "disk quota")


@dataclass(frozen=True, slots=True)
class Shown:
    """What Ollama says about a model. ``blob`` is the SHA-256 of its weights, where Ollama names it."""

    template: str
    system: str
    parameters: dict[str, list[float | str]]
    blob: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Text, why it ended (None when Ollama broke off), and tokens of the prompt as Ollama counts them."""

    text: str
    ended: str | None
    prompt_tokens: int | None


class Client:
    """Talks to the Ollama at ``address`` until the context ends. Every method raises RegistryError."""

    def __init__(self, address: str, timeout: httpx.Timeout = TIMEOUT) -> None:
        self.address, self._timeout = address, timeout
        self._api = ollama.Client(host=address, timeout=timeout, **connection(address))
        # The official client has no HEAD, drops the system prompt of a model, and reads a file twice to send it.
        self._http = httpx.Client(base_url=address, timeout=timeout, **connection(address))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._api.close()
        self._http.close()

    def has_blob(self, sha256: str) -> bool:
        """Whether Ollama holds a file of this digest."""
        found = self._ask("look for a file", lambda: self._http.head(f"/api/blobs/sha256:{sha256}").status_code)
        return found == HTTPStatus.OK

    def upload(self, file: Path, sha256: str, report: Report) -> None:
        """Send a file; Ollama compares its digest."""
        url, headers = f"/api/blobs/sha256:{sha256}", {"Content-Length": str(file.stat().st_size)}

        def send() -> None:
            _checked(self._http.post(url, content=_pieces(file, report), headers=headers))

        self._ask("take the file", send)

    def create(self, tag: str, sha256: str, card: Card) -> None:
        """Make a model of a file that Ollama holds."""

        def stream() -> str | None:
            status: str | None = None
            for step in self._api.create(
                tag,
                files={"model.gguf": f"sha256:{sha256}"},
                template=card.template,
                system=card.system,
                parameters=card.parameters,
                license=card.licence,
                stream=True,
            ):
                status = step.status
            return status

        if self._ask("make the model", stream) != "success":
            raise RegistryError(f"Ollama at {self.address} broke off while it made {tag}; run again")

    def show(self, tag: str) -> Shown | None:
        """What Ollama serves under ``tag``; None if it knows no such model."""
        answer = self._ask("show a model", lambda: self._http.post("/api/show", json={"model": tag}))
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        return self._ask("show a model", lambda: _shown(answer))

    def tags(self) -> dict[str, str]:
        """The digest of each model's manifest by its tag."""
        models = self._ask("list its models", lambda: self._api.list().models)
        return {model.model: model.digest for model in models if model.model and model.digest}

    def copy(self, source: str, target: str) -> None:
        """Let ``target`` name what ``source`` does."""
        self._ask(f"copy {source} to {target}", lambda: self._api.copy(source, target))

    def delete(self, tag: str) -> None:
        """Remove a tag; one that is not there is no error."""

        def remove() -> None:
            try:
                self._api.delete(tag)
            except ollama.ResponseError as error:
                if error.status_code != HTTPStatus.NOT_FOUND:
                    raise

        self._ask(f"delete {tag}", remove)

    def chat(self, tag: str, messages: Sequence[Mapping[str, Any]], options: Mapping[str, Any]) -> Answer:
        """Answer a conversation, rendered by Ollama."""

        def ask() -> ollama.ChatResponse:
            # A tool may be any function, which the strict rules do not like.
            return self._api.chat(tag, messages, options=options)  # pyright: ignore[reportUnknownMemberType]

        made = self._ask("answer", ask)
        return Answer(made.message.content or "", made.done_reason, made.prompt_eval_count)

    def complete(self, tag: str, prompt: str, options: Mapping[str, Any]) -> Answer:
        """Go on from a text that is given to the model as it is, but for the BOS token that Ollama adds."""
        made = self._ask("answer", lambda: self._api.generate(tag, prompt, raw=True, options=options))
        return Answer(made.response or "", made.done_reason, made.prompt_eval_count)

    def loaded(self) -> dict[str, int]:
        """Bytes of memory that each loaded model takes, by its tag."""
        models = self._ask("list its loaded models", lambda: self._api.ps().models)
        return {model.model: int(model.size or 0) for model in models if model.model}

    def unload(self, tag: str) -> None:
        """Free the memory that a model takes."""
        self._ask("unload a model", lambda: self._api.generate(tag, keep_alive=0))

    def _ask(self, what: str, request: Callable[[], T]) -> T:
        """The request's result; a broken connection or a busy server is tried again, any other fault put into words."""
        try:
            return tries(tenacity.retry_if_exception(_may_pass))(self._try, what, request)
        except (ConnectionError, httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise RegistryError(nobody_at(self.address)) from error
        except ollama.ResponseError as error:
            raise RegistryError(_refusal(self.address, what, error.error)) from error
        except httpx.TransportError as error:
            raise RegistryError(
                f"Ollama at {self.address} broke the connection when asked to {what} ({type(error).__name__}); "
                "look into its log, then run again"
            ) from error

    def _try(self, what: str, request: Callable[[], T]) -> T:
        try:
            return request()
        except httpx.ReadTimeout as error:
            raise RegistryError(
                f"Ollama at {self.address} was silent for {self._timeout.read:.0f} s when asked to {what}; restart it"
            ) from error
        except ValueError as error:  # not JSON, or not of the known form
            raise RegistryError(
                f"{self.address} does not answer like Ollama when asked to {what}; correct registry.host"
            ) from error


def _may_pass(error: BaseException) -> bool:
    """Whether trying again can help."""
    busy = isinstance(error, ollama.ResponseError) and error.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    return busy or isinstance(error, (ConnectionError, httpx.TransportError))


def _checked(answer: httpx.Response) -> httpx.Response:
    """The answer, or ollama's own error for a refusal."""
    if answer.is_error:
        raise ollama.ResponseError(answer.text, answer.status_code)
    return answer


def _refusal(address: str, what: str, words: str) -> str:
    """A refusal in words."""
    if any(phrase in words.lower() for phrase in DISK_FULL):
        where = "where its OLLAMA_MODELS lies, by default ~/.ollama/models"
        return f"Ollama at {address} has no room on its disk ({words}); make room {where}, then run again"
    if "digest mismatch" in words:
        return f"Ollama at {address} received another file than was exported ({words}); export it again"
    return f"Ollama at {address} refused to {what}: {words}"


def _pieces(file: Path, report: Report) -> Iterator[bytes]:
    """The content of a file, reported as it goes out."""
    done, total = 0, file.stat().st_size
    with file.open("rb") as source:
        while piece := source.read(CHUNK_BYTES):
            yield piece
            done += len(piece)
            report(done, total)


class _Said(pydantic.BaseModel):
    """The fields of /api/show that are compared; newer versions say more."""

    template: str = ""
    system: str = ""
    parameters: str = ""
    modelfile: str = ""


def _shown(answer: httpx.Response) -> Shown:
    """What an answer of /api/show says. ``parameters`` has a name and a JSON value on each line."""
    said = _Said.model_validate_json(_checked(answer).content)
    parameters: dict[str, list[float | str]] = {}
    for line in said.parameters.splitlines():
        name, _, value = line.partition(" ")
        parameters.setdefault(name, []).append(json.loads(value))
    blob = BLOB.search(said.modelfile)
    return Shown(said.template, said.system, parameters, blob.group(1) if blob else None)
