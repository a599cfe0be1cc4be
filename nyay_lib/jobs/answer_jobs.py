"""Jobs that let a model answer, or measure it on answers: for an evaluation, a person, or a program over HTTP."""

from pathlib import Path
from typing import Literal

from nyay_lib.frozen import Frozen


class EvaluateJob(Frozen):
    """Loss over all of ``validation`` and greedy answers to those of its ``rows``, appended to ``answers``."""

    kind: Literal["evaluate"] = "evaluate"
    base: Path
    adapter: Path | None
    validation: Path
    answers: Path
    rows: tuple[int, ...]
    max_tokens: int
    batch_size: int


class Sampling(Frozen):
    """How the next token is drawn: what the Modelfile says."""

    temperature: float
    top_p: float


class GenerateJob(Frozen):
    """Sampled answers of a GGUF file to ``questions``, by llama.cpp, appended to ``answers`` one by one.

    A question is a line with ``key``, ``seed`` and ``messages``; its answer has the same key.
    """

    kind: Literal["generate"] = "generate"
    gguf: Path
    questions: Path
    answers: Path
    max_tokens: int
    context: int
    sampling: Sampling


class ScoreJob(Frozen):
    """Loss of a GGUF file over the answers of ``validation``, by llama.cpp, appended to ``losses`` row by row."""

    kind: Literal["score"] = "score"
    gguf: Path
    validation: Path
    losses: Path
    context: int


class AnswerJob(Frozen):
    """Stream one answer of a GGUF file, by llama.cpp. ``prompt`` is the rendered text."""

    kind: Literal["answer"] = "answer"
    gguf: Path
    prompt: str
    stops: tuple[str, ...]
    max_tokens: int
    context: int
    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 40
    min_p: float = 0.05
    repeat_penalty: float = 1.0
    seed: int = 0


class SpeakJob(Frozen):
    """Stream one greedy answer of a model folder, with an adapter where it has one of its own, by MLX."""

    kind: Literal["speak"] = "speak"
    folder: Path
    adapter: Path | None
    prompt: str
    max_tokens: int


class ServeJob(Frozen):
    """Answer over HTTP until told to end, by llama.cpp. Prompt and answer share ``budget`` tokens, as in training.

    ``max_tokens`` and ``sampling`` are for requests that do not say; ``tokenizer`` is a folder.
    """

    kind: Literal["serve"] = "serve"
    gguf: Path
    tokenizer: Path
    name: str
    context: int
    budget: int
    max_tokens: int
    sampling: Sampling
    host: str
    port: int
