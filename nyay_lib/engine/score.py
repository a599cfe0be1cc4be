"""Loss of a GGUF file over given answers, as the file that is shipped computes it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from llama_cpp import Llama

from nyay_lib.data.chat import read_chats
from nyay_lib.engine.llama import answer_logits, open_model, special_tokens, with_room
from nyay_lib.engine.pace import Pace
from nyay_lib.engine.stage import log_softmax
from nyay_lib.jobs import Emit, ScoreJob
from nyay_lib.lines import appending, read_lines
from nyay_lib.prompt import chat_format


def score(job: ScoreJob, emit: Emit) -> Mapping[str, Any]:
    """The summed negative log-likelihood and the tokens of each answer, in nats, one line a row as they come.

    A job that was interrupted goes on with the rows that have no line yet.
    """
    chats = list(read_chats(job.validation))
    done = len(read_lines(job.losses))
    if done < len(chats):
        model = open_model(job.gguf, job.context)
        chat = chat_format(special_tokens(model))
        rows = [
            (tokens_of(model, chat.prompt(asked)), tokens_of(model, told["content"] + chat.end))
            for *asked, told in chats[done:]
        ]
        longest = max(len(prompt) + len(completion) for prompt, completion in rows)
        model = with_room(model, job.gguf, job.context, longest)
        pace = Pace(emit, "answers scored", done, len(chats))
        with appending(job.losses) as append:
            for row, (prompt, completion) in enumerate(rows, start=done):
                append([{"row": row, "nll": nll(model, prompt, completion), "tokens": len(completion)}])
                pace.step()
    return {"rows": len(chats)}


def tokens_of(model: Llama, text: str) -> list[int]:
    """The tokens of a part of a conversation, its special ones included."""
    return model.tokenize(text.encode(), add_bos=False, special=True)


def nll(model: Llama, prompt: list[int], completion: list[int]) -> float:
    """Summed negative log-likelihood of ``completion`` after ``prompt`` in nats."""
    total, done = 0.0, 0
    for logits in answer_logits(model, prompt, completion):
        targets = completion[done : done + len(logits)]
        total -= float(log_softmax(logits)[np.arange(len(targets)), targets].sum())
        done += len(targets)
    return total
