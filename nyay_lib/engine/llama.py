"""llama.cpp: open a GGUF file, and answer with it."""

import os
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import llama_cpp
import numpy as np
import numpy.typing as npt
import psutil
from llama_cpp import Llama, StoppingCriteriaList

from nyay_lib.errors import ExportError
from nyay_lib.jobs import AnswerJob, Emit, Text

BATCH = 512
PIECE = 128  # positions whose logits are handed on together
# Below this size threads wait for each other longer than they compute.
ONE_THREAD_BYTES = 8_000_000


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


def with_room(model: Llama, gguf: Path, context: int, tokens: int) -> Llama:
    """The model, loaded anew where ``tokens`` are more than the context that it was opened with.

    A text that was cut to fit one model's tokens may have more of another's, of production's with another base.
    """
    if tokens <= context:  # and not n_ctx(), which llama.cpp rounds up and its Python buffers do not
        return model
    model.close()
    return open_model(gguf, tokens)


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


def spoken(model: Llama, job: AnswerJob, left: Callable[[], bool] | None = None) -> Generator[Spoken, None, None]:
    """The pieces of an answer, about one a token, until it ends or who asked has ``left``.

    The prompt is rendered text with its special tokens and no BOS to be added. ``left`` is asked at each token, since
    tokens that do not make a letter together come without a piece, be they hundreds. Raises ExportError for a prompt
    that leaves no room.
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
        stopping_criteria=StoppingCriteriaList([lambda _tokens, _logits: left()]) if left else None,
        stream=True,
    )
    for chunk in chunks:
        choice: Any = chunk["choices"][0]  # pyright: ignore[reportArgumentType, reportIndexIssue]
        yield Spoken(choice["text"], len(prompt), model.n_tokens - len(prompt), choice["finish_reason"])


def answer_logits(model: Llama, prompt: Sequence[int], answer: Sequence[int]) -> Iterator[npt.NDArray[np.float32]]:
    """Logits (positions, vocabulary) that foretell the tokens of ``answer`` after ``prompt``, in order and in pieces.

    Only these positions' logits are computed. Raises ExportError where llama.cpp cannot compute.
    """
    tokens = [*prompt, *answer][:-1]
    model._ctx.kv_cache_clear()  # pyright: ignore[reportPrivateUsage]
    batch = llama_cpp.llama_batch_init(BATCH, 0, 1)
    try:
        for start in range(0, len(tokens), BATCH):
            part = tokens[start : start + BATCH]
            wanted = [i for i in range(len(part)) if start + i >= len(prompt) - 1]
            fill(batch, part, start, set(wanted))
            if code := llama_cpp.llama_decode(model.ctx, batch):
                raise ExportError(f"llama.cpp could not compute {len(tokens)} tokens (code {code})")
            for first in range(0, len(wanted), PIECE):
                yield np.stack([_logits(model, place) for place in wanted[first : first + PIECE]])
    finally:
        llama_cpp.llama_batch_free(batch)


def fill(batch: Any, tokens: Sequence[int], start: int, wanted: set[int]) -> None:
    """Put ``tokens`` at positions ``start``... into a batch; logits only where they are wanted."""
    batch.n_tokens = len(tokens)
    for i, token in enumerate(tokens):
        batch.token[i], batch.pos[i] = token, start + i
        batch.n_seq_id[i], batch.seq_id[i][0] = 1, 0
        batch.logits[i] = i in wanted


def _logits(model: Llama, place: int) -> npt.NDArray[np.float32]:
    """The logits at one place of the batch that was computed last."""
    pointer = llama_cpp.llama_get_logits_ith(model.ctx, place)
    return np.ctypeslib.as_array(pointer, shape=(model.n_vocab(),)).copy()


def special_tokens(model: Llama) -> set[str]:
    """The model's control tokens as text."""
    vocabulary: Any = llama_cpp.llama_model_get_vocab(model.model)
    control = (t for t in range(model.n_vocab()) if llama_cpp.llama_vocab_is_control(vocabulary, t))
    return {llama_cpp.llama_vocab_get_text(vocabulary, t).decode(errors="replace") for t in control}
