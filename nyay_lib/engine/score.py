"""Loss of a GGUF file over given answers, as the file that is shipped computes it."""

from collections.abc import Callable, Mapping
from typing import Any

import llama_cpp
import numpy as np
from llama_cpp import Llama

from nyay_lib.data.chat import read_chats
from nyay_lib.engine.llama import BATCH, open_model, special_tokens
from nyay_lib.engine.pace import Pace
from nyay_lib.errors import ExportError
from nyay_lib.jobs import Event, ScoreJob
from nyay_lib.lines import appending, read_lines
from nyay_lib.prompt import chat_format

Emit = Callable[[Event], None]


def score(job: ScoreJob, emit: Emit) -> Mapping[str, Any]:
    """The summed negative log-likelihood and the tokens of each answer, in nats, one line a row as they come.

    A job that was interrupted goes on with the rows that have no line yet.
    """
    chats = list(read_chats(job.validation))
    done = len(read_lines(job.losses))
    if done < len(chats):
        model = open_model(job.gguf, job.context)
        chat = chat_format(special_tokens(model))
        pace = Pace(emit, "answers scored", done, len(chats))
        with appending(job.losses) as append:
            for row in range(done, len(chats)):
                *asked, told = chats[row]
                prompt = model.tokenize(chat.prompt(asked).encode(), add_bos=False, special=True)
                completion = model.tokenize((told["content"] + chat.end).encode(), add_bos=False, special=True)
                append([{"row": row, "nll": nll(model, prompt, completion), "tokens": len(completion)}])
                pace.step()
    return {"rows": len(chats)}


def nll(model: Llama, prompt: list[int], completion: list[int]) -> float:
    """Summed negative log-likelihood of ``completion`` after ``prompt`` in nats."""
    tokens = [*prompt, *completion][:-1]
    model._ctx.kv_cache_clear()  # pyright: ignore[reportPrivateUsage]
    total = 0.0
    batch = llama_cpp.llama_batch_init(BATCH, 0, 1)
    try:
        for start in range(0, len(tokens), BATCH):
            part = tokens[start : start + BATCH]
            wanted = [i for i in range(len(part)) if start + i >= len(prompt) - 1]
            fill(batch, part, start, set(wanted))
            if code := llama_cpp.llama_decode(model.ctx, batch):
                raise ExportError(f"llama.cpp could not compute {len(tokens)} tokens (code {code})")
            targets = completion[start + wanted[0] - len(prompt) + 1 :] if wanted else []
            total += sum(_token_nll(model, i, target) for i, target in zip(wanted, targets, strict=False))
    finally:
        llama_cpp.llama_batch_free(batch)
    return total


def fill(batch: Any, tokens: list[int], start: int, wanted: set[int]) -> None:
    """Put ``tokens`` at positions ``start``... into a batch; logits only where they are wanted."""
    batch.n_tokens = len(tokens)
    for i, token in enumerate(tokens):
        batch.token[i], batch.pos[i] = token, start + i
        batch.n_seq_id[i], batch.seq_id[i][0] = 1, 0
        batch.logits[i] = i in wanted


def _token_nll(model: Llama, place: int, target: int) -> float:
    pointer = llama_cpp.llama_get_logits_ith(model.ctx, place)
    logits = np.ctypeslib.as_array(pointer, shape=(model.n_vocab(),)).astype(np.float64)
    top = logits.max()
    return float(top + np.log(np.exp(logits - top).sum()) - logits[target])
