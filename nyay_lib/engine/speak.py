"""An answer in MLX, streamed: of the merged model, or of the base with its adapter."""

import time
from collections.abc import Mapping
from typing import Any

import mlx.core as mx
from mlx_lm.generate import generate_step

from nyay_lib.engine.evaluate import with_adapter
from nyay_lib.engine.model import load
from nyay_lib.jobs import Emit, SpeakJob, Text

# What the tokenizer gives for bytes that are not yet a whole letter.
INCOMPLETE = "\ufffd"


def speak(job: SpeakJob, emit: Emit) -> Mapping[str, Any]:
    """Greedy tokens until the model ends its turn; text is sent in whole letters, which may be several tokens each."""
    loaded = load(job.folder)
    if job.adapter is not None:
        with_adapter(loaded.model, job.adapter)
    loaded.model.eval()
    prompt = loaded.tokenizer.encode(job.prompt, add_special_tokens=False).ids
    start = time.perf_counter()
    tokens: list[int] = []
    sent = text = ""
    for token, _ in generate_step(mx.array(prompt), loaded.model, max_tokens=job.max_tokens):
        if int(token) in loaded.eos:
            break
        tokens.append(int(token))
        text = loaded.tokenizer.decode(tokens)
        if not text.endswith(INCOMPLETE):
            emit(Text(text=text[len(sent) :]))
            sent = text
    if rest := text[len(sent) :].rstrip(INCOMPLETE):
        emit(Text(text=rest))
    return {"tokens": len(tokens), "prompt_tokens": len(prompt), "seconds": time.perf_counter() - start}
