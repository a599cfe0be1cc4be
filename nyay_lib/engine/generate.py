"""Answers of a GGUF file, drawn as they will be when it is served."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import llama_cpp
from llama_cpp import Llama

from nyay_lib.engine.llama import open_model, special_tokens, with_room
from nyay_lib.engine.pace import Pace
from nyay_lib.jobs import Emit, GenerateJob, Sampling
from nyay_lib.lines import Line, appending, read_lines
from nyay_lib.prompt import ChatFormat, chat_format

# What a Modelfile leaves open is Ollama's own default. Source: ollama, api/types.go, DefaultOptions.
TOP_K = 40
MIN_P = 0.0
REPEAT_PENALTY = 1.1
REPEAT_LAST_N = 64


@dataclass(frozen=True, slots=True)
class Speaker:
    """A loaded file, how it writes a conversation, and the tokens that end its answers."""

    model: Llama
    chat: ChatFormat
    stops: frozenset[int]


def generate(job: GenerateJob, emit: Emit) -> Mapping[str, Any]:
    """Answer each question that has no answer yet; an answer is on the disk before the next begins.

    One at a time, so that speed is measured as a user meets it, and an answer depends on nothing but its question and
    seed: not on its neighbours, nor on where an earlier try was killed.
    """
    questions = read_lines(job.questions)
    answered = {answer["key"] for answer in read_lines(job.answers)}
    missing = [question for question in questions if question["key"] not in answered]
    if missing:
        speaker = open_speaker(job, missing)
        pace = Pace(emit, "answers", len(questions) - len(missing), len(questions))
        with appending(job.answers) as append:
            for question in missing:
                append([answer(speaker, job, question)])
                pace.step()
    return {"answers": len(questions)}


def open_speaker(job: GenerateJob, questions: Sequence[Line]) -> Speaker:
    """Load the file, with room for the longest question and its answer.

    It ends an answer with a token of its template, or one that it names itself.
    """
    model = open_model(job.gguf, job.context)
    chat = chat_format(special_tokens(model))
    longest = max(len(prompt_of(model, chat, question)) for question in questions)
    model = with_room(model, job.gguf, job.context, longest + job.max_tokens)
    vocabulary: Any = llama_cpp.llama_model_get_vocab(model.model)
    named = {token for token in range(model.n_vocab()) if llama_cpp.llama_vocab_is_eog(vocabulary, token)}
    written = (model.tokenize(stop.encode(), add_bos=False, special=True) for stop in chat.stops)
    # A stop that the vocabulary does not have is written in several tokens, and cannot be met.
    return Speaker(model, chat, frozenset(named | {tokens[0] for tokens in written if len(tokens) == 1}))


def prompt_of(model: Llama, chat: ChatFormat, question: Line) -> list[int]:
    """The tokens that are put to the model."""
    return model.tokenize(chat.prompt(question["messages"]).encode(), add_bos=False, special=True)


def answer(speaker: Speaker, job: GenerateJob, question: Line) -> Line:
    """One answer with its counts and times. ``ended`` is stop or length."""
    model = speaker.model
    prompt = prompt_of(model, speaker.chat, question)
    start = time.perf_counter()
    times: list[float] = []
    tokens: list[int] = []
    for token in drawn(model, prompt, job.sampling, question["seed"]):
        times.append(time.perf_counter() - start)
        if token in speaker.stops:
            break
        tokens.append(token)
        if len(tokens) == job.max_tokens:
            break
    return {
        "key": question["key"],
        "text": model.detokenize(tokens).decode(errors="replace").strip(),
        "ended": "length" if len(tokens) == job.max_tokens else "stop",
        "tokens": len(tokens),
        "prompt_tokens": len(prompt),
        "first_token_seconds": times[0],
        "later_tokens": len(times) - 1,
        "later_seconds": times[-1] - times[0],
    }


def drawn(model: Llama, prompt: Sequence[int], sampling: Sampling, seed: int) -> Iterator[int]:
    """Tokens after ``prompt``, each computed when it is asked for. Nothing of an earlier prompt is used again."""
    model.reset()
    model.set_seed(seed)
    model.last_n_tokens_size = REPEAT_LAST_N  # what the penalty of the next line reaches back
    sampler = model._init_sampler(
        top_k=TOP_K, top_p=sampling.top_p, min_p=MIN_P, temp=sampling.temperature, repeat_penalty=REPEAT_PENALTY
    )
    for token in prompt[-REPEAT_LAST_N:]:  # Ollama's penalty sees the question too
        sampler.accept(token)
    model.eval(prompt)
    while True:
        token = sampler.sample(model._ctx)
        yield token
        model.eval([token])
