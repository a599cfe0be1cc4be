"""Answers over HTTP in OpenAI's form, one at a time, with template, stop words, sampling and budget of training.

llama_cpp.server would do for a model in general. It has no place to shorten a judgment as training did, to fill in the
sampling of the Modelfile or to say that it is well, so this is an application of our own over the same library.
"""

import asyncio
import ipaddress
import json
import secrets
import socket
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from llama_cpp import Llama
from starlette.applications import Starlette
from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from nyay_lib.base_model.tokenizer import load_tokenizer
from nyay_lib.data.budget import Budget
from nyay_lib.engine.generate import MIN_P, REPEAT_PENALTY, TOP_K
from nyay_lib.engine.llama import Spoken, open_model, spoken
from nyay_lib.errors import NyayError, ServingError
from nyay_lib.jobs import AnswerJob, Emit, ServeJob, Serving
from nyay_lib.prompt import chat_format
from nyay_lib.serving.openai_form import ChatRequest, error_body, piece, read_request, whole_answer
from nyay_lib.serving.question import Asked, converse

STOP_SECONDS = 2
# How often it is looked whether the client is still there.
LOOK_SECONDS = 0.1
# More requests than this that wait for their turn are refused.
WAITING = 64
SEEDS = 1 << 31
# A page in a browser that lets its own name point at this machine is not to be answered.
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1", "[::1]")


def serve(job: ServeJob, emit: Emit) -> Mapping[str, Any]:
    """Load the model and answer until this process is told to end. Raises ServingError if the port is taken."""
    with listening(job.host, job.port) as listener:
        desk = Desk.open(job)
        listener.listen(WAITING)
        host = f"[{job.host}]" if ":" in job.host else job.host
        emit(Serving(url=f"http://{host}:{listener.getsockname()[1]}"))
        config = uvicorn.Config(
            application(desk, local=is_loopback(job.host)),
            log_level="warning",
            lifespan="off",
            limit_concurrency=WAITING,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
        uvicorn.Server(config).run(sockets=[listener])
    return {"answered": desk.answered}


def listening(host: str, port: int) -> socket.socket:
    """A socket that holds the port. Raises ServingError if another program does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ServingError(
            f"port {port} of {host} cannot be had ({error.strerror}); stop what listens there, or give another --port"
        ) from error
    return listener


def is_loopback(host: str) -> bool:
    """Whether an address is reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request that can be answered."""

    key: str
    asked: Asked
    job: AnswerJob

    @property
    def headers(self) -> dict[str, str]:
        """What a client should know that has no place in the form."""
        return {"x-nyay-left-out": self.asked.left_out} if self.asked.lost else {}


@dataclass(slots=True)
class Desk:
    """The loaded model, and the queue before it: llama.cpp answers one at a time."""

    job: ServeJob
    model: Llama
    budget: Budget
    answered: int = 0
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def open(cls, job: ServeJob) -> "Desk":
        tokenizer = load_tokenizer(job.tokenizer)
        budget = Budget(tokenizer, chat_format(tokenizer.get_vocab()), job.budget)
        return cls(job, open_model(job.gguf, job.context), budget)

    def prepare(self, request: ChatRequest) -> Prepared:
        """The request with its prompt, what it left open filled in. Raises ServingError if it does not fit."""
        sampling = self.job.sampling
        wanted = request.wanted_tokens or self.job.max_tokens
        asked = converse(self.budget, [turn.message for turn in request.messages], wanted, self.job.context)
        temperature = sampling.temperature if request.temperature is None else request.temperature
        job = AnswerJob(
            gguf=self.job.gguf,
            prompt=self.budget.chat.prompt(asked.messages),
            stops=(*self.budget.chat.stops, *request.stops),
            max_tokens=wanted,
            context=self.job.context,
            temperature=temperature,
            top_p=sampling.top_p if request.top_p is None else request.top_p,
            seed=secrets.randbelow(SEEDS) if request.seed is None else request.seed,
        )
        if temperature > 0:  # what the Modelfile leaves open is Ollama's default; a greedy answer is a greedy one
            drawn = {"top_k": TOP_K, "min_p": MIN_P, "repeat_penalty": REPEAT_PENALTY}
            job = job.model_copy(update=drawn)
        return Prepared(secrets.token_hex(12), asked, job)

    async def pieces(self, prepared: Prepared, request: Request) -> AsyncGenerator[Spoken, None]:
        """The answer as it comes, once it is this request's turn; it ends when its client has gone."""
        async with self._turn, listened_to(request) as left:
            with closing(spoken(self.model, prepared.job, left.is_set)) as told:
                async for one in iterate_in_threadpool(told):
                    yield one
            if not left.is_set():
                self.answered += 1


@asynccontextmanager
async def listened_to(request: Request) -> AsyncGenerator[threading.Event, None]:
    """An event that is set soon after the client of ``request`` has gone.

    A task of its own looks, since the request's may wait for a thread then, and would do so though it is cancelled.
    """
    left = threading.Event()

    async def watch() -> None:
        while not await request.is_disconnected():
            await asyncio.sleep(LOOK_SECONDS)
        left.set()

    watcher = asyncio.create_task(watch())
    try:
        yield left
    finally:
        watcher.cancel()


def application(desk: Desk, *, local: bool) -> Starlette:
    """The server's paths."""

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok", "model": desk.job.name, "answered": desk.answered})

    async def models(_: Request) -> Response:
        model = {"id": desk.job.name, "object": "model", "created": int(time.time()), "owned_by": "nyay"}
        return JSONResponse({"object": "list", "data": [model]})

    async def complete(request: Request) -> Response:
        wanted = read_request(await request.body())
        prepared = await run_in_threadpool(desk.prepare, wanted)
        if wanted.stream:
            return StreamingResponse(events(desk, prepared, request), 200, prepared.headers, "text/event-stream")
        return await in_one_piece(desk, prepared, request)

    routes = [
        Route("/health", health),
        Route("/v1/models", models),
        Route("/v1/chat/completions", complete, methods=["POST"]),
    ]
    hosts = [Middleware(TrustedHostMiddleware, allowed_hosts=list(LOOPBACK_NAMES))] if local else []
    return Starlette(routes=routes, middleware=hosts, exception_handlers={NyayError: refused, Exception: failed})


async def in_one_piece(desk: Desk, prepared: Prepared, request: Request) -> Response:
    """The answer when it is finished."""
    told: list[Spoken] = []
    async with aclosing(desk.pieces(prepared, request)) as pieces:
        async for one in pieces:
            told.append(one)
    text = "".join(one.text for one in told)
    last = told[-1] if told else Spoken("", 0, 0, "stop")
    body = whole_answer(desk.job.name, prepared.key, text, last.ended, last.prompt_tokens, last.tokens)
    return JSONResponse(body, headers=prepared.headers)


async def events(desk: Desk, prepared: Prepared, request: Request) -> AsyncIterator[str]:
    """The answer as server-sent events. What goes wrong in the middle is an event too: the status is sent already."""
    name, key = desk.job.name, prepared.key
    yield event(piece(name, key, {"role": "assistant", "content": ""}))
    try:
        async with aclosing(desk.pieces(prepared, request)) as pieces:
            async for one in pieces:
                if one.text:
                    yield event(piece(name, key, {"content": one.text}))
                if one.ended:
                    yield event(piece(name, key, {}, one.ended))
    except NyayError as error:
        yield event(error_body(str(error)))
    yield "data: [DONE]\n\n"


def event(body: Mapping[str, Any]) -> str:
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n"


async def refused(_: Request, error: Exception) -> Response:
    return JSONResponse(error_body(str(error)), 400)


async def failed(_: Request, error: Exception) -> Response:
    """What nobody foresaw: in words to the client, with its traceback in the log."""
    return JSONResponse(error_body(f"{type(error).__name__}: {error}", "server_error"), 500)
