"""llama.cpp: quantise a GGUF file, and answer with it."""

import os
import time
from collections.abc import Callable, Generator, Mapping
from ctypes import byref
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import llama_cpp
import psutil
from llama_cpp import Llama

from nyay_lib.errors import ExportError
from nyay_lib.files import replacing
from nyay_lib.jobs import AnswerJob, Event, Progress, QuantizeJob, Text

Emit = Callable[[Event], None]
FILE_TYPES = {"f16": 1, "q8_0": 7, "q4_k_m": 15, "q5_k_m": 17}
BATCH = 512
# Below this size threads wait for each other longer than they compute.
ONE_THREAD_BYTES = 8_000_000


def quantize(job: QuantizeJob, emit: Emit) -> Mapping[str, Any]:
    """Quantise a GGUF file. llama.cpp leaves a partial file when it fails, so the target takes its name at the end.

    Raises ExportError with llama.cpp's return value; its own words are in the log.
    """
    if job.source.resolve() == job.target.resolve():
        raise ExportError(f"{job.source}: cannot be quantised onto itself")
    parameters: Any = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype = FILE_TYPES[job.quantization]
    parameters.nthread = os.cpu_count() or 1
    handle: Any = byref(parameters)
    with replacing(job.target) as partial:
        code = llama_cpp.llama_model_quantize(str(job.source).encode(), str(partial).encode(), handle)
        if code != 0:
            raise ExportError(f"{job.source}: llama.cpp could not quantise it to {job.quantization} (code {code})")
    emit(Progress(done=1, total=1, what="quantised"))
    return {"bytes": job.target.stat().st_size}


def open_model(gguf: Path, context: int) -> Llama:
    """Load a GGUF file. Raises ExportError for one that llama.cpp refuses."""
    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    try:
        threads = cores if gguf.stat().st_size > ONE_THREAD_BYTES else 1
        return Llama(
            str(gguf),
            n_ctx=context,
            n_batch=BATCH,
            n_threads=threads,
            n_threads_batch=threads,
            n_gpu_layers=-1,
            verbose=False,
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise ExportError(f"{gguf}: llama.cpp cannot load it: {error}") from error


def answer(job: AnswerJob, emit: Emit) -> Mapping[str, Any]:
    """Stream an answer."""
    model = open_model(job.gguf, job.context)
    start, first, prompt_tokens, tokens = time.perf_counter(), 0.0, 0, 0
    for told in spoken(model, job):
        first = first or time.perf_counter() - start
        prompt_tokens, tokens = told.prompt_tokens, told.tokens
        if told.text:
            emit(Text(text=told.text))
    seconds = time.perf_counter() - start
    return {"tokens": tokens, "prompt_tokens": prompt_tokens, "first_token_seconds": first, "seconds": seconds}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A piece of an answer, the tokens of prompt and answer so far, and how the answer ended once it has."""

    text: str
    prompt_tokens: int
    tokens: int
    ended: Literal["stop", "length"] | None


def spoken(model: Llama, job: AnswerJob) -> Generator[Spoken, None, None]:
    """The pieces of an answer, about one a token.

    The prompt is rendered text with its special tokens and no BOS to be added. Raises ExportError for one that leaves
    no room.
    """
    prompt = model.tokenize(job.prompt.encode(), add_bos=False, special=True)
    room = job.context - len(prompt)
    if room < 1:
        raise ExportError(f"the question has {len(prompt)} tokens, the model's context {job.context}: shorten it")
    # What is left of an earlier prompt would move the last bits: an answer depends on nothing but its question.
    model.reset()
    chunks = model.create_completion(
        prompt,
        max_tokens=min(job.max_tokens, room),
        temperature=job.temperature,
        top_p=job.top_p,
        top_k=job.top_k,
        min_p=job.min_p,
        repeat_penalty=job.repeat_penalty,
        seed=job.seed,
        stop=list(job.stops),
        stream=True,
    )
    for chunk in chunks:
        choice: Any = chunk["choices"][0]  # pyright: ignore[reportArgumentType, reportIndexIssue]
        yield Spoken(choice["text"], len(prompt), model.n_tokens - len(prompt), choice["finish_reason"])


def special_tokens(model: Llama) -> set[str]:
    """The model's control tokens as text."""
    vocabulary: Any = llama_cpp.llama_model_get_vocab(model.model)
    control = (t for t in range(model.n_vocab()) if llama_cpp.llama_vocab_is_control(vocabulary, t))
    return {llama_cpp.llama_vocab_get_text(vocabulary, t).decode(errors="replace") for t in control}
