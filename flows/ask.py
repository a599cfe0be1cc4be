"""`nyay ask`: an answer, streamed, to a question alone or about a judgment."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from nyay_lib.config import PipelineConfig, config_of
from nyay_lib.errors import ServingError
from nyay_lib.evaluation.grounding import check_grounding
from nyay_lib.jobs import AnswerJob, SpeakJob, Text, run_job
from nyay_lib.registry.address import address
from nyay_lib.serving import client
from nyay_lib.serving.document import read_document
from nyay_lib.serving.model import Made, budget_on_disk, find_model
from nyay_lib.serving.question import Asked, ask, ask_about

ABOUT_A_JUDGMENT = "Summarize this judgment: the parties, the question, the reasoning and the result."
WAYS = ("gguf", "mlx", "ollama")


def answer(
    question: str | None, file: Path | None, via: str, run_id: str | None, max_tokens: int, config_file: Path | None
) -> None:
    """Print the answer as it comes; stderr says who answers, what was left out, and what the judgment does not support.

    Raises NyayError when there is no model, no question, or it does not fit.
    """
    if question is None and file is None:
        raise ServingError('nothing is asked; say what, such as `nyay ask "When is anticipatory bail refused?"`')
    if via not in WAYS and "://" not in via:
        raise ServingError(f"--via {via!r} is none of {', '.join(WAYS)}, and no address such as http://127.0.0.1:8080")
    config = config_of(config_file)
    source = read_document(file) if file else ""
    made = _model(config, run_id, needed=via in WAYS or run_id is not None)
    budget = made.budget if made else budget_on_disk(config)
    instruction = question or ABOUT_A_JUDGMENT
    asked = ask_about(budget, instruction, source, max_tokens) if file else ask(budget, instruction, max_tokens)
    pieces = _pieces(config, made, via, asked, max_tokens)
    if asked.lost:
        _note(f"{_named(file)}: {asked.left_out}; {budget.limit:,} hold prompt and answer, as in training")
    text = _print(pieces)
    if source:
        _note(unsupported(text, source, instruction, _named(file)))


def _model(config: PipelineConfig, run_id: str | None, *, needed: bool) -> Made | None:
    """The model; a server elsewhere can be asked without one of our own."""
    try:
        return find_model(config, run_id)
    except ServingError:
        if needed:
            raise
        return None


def _pieces(config: PipelineConfig, made: Made | None, via: str, asked: Asked, max_tokens: int) -> Iterator[str]:
    """The answer by the way that was wished; says on stderr who answers."""
    if made and via in ("gguf", "mlx"):
        _note(f"run {made.run.run_id}, {made.gguf.path.name if via == 'gguf' else 'MLX'}; {CHECK}")
        return local(made, via, asked, max_tokens)
    server = client.Server(address(made.config), made.tag) if made and via == "ollama" else None
    server = server or client.find_server(via, made.name if made else config.registry.name)
    _note(f"{server.model} at {server.url}; {CHECK}")
    return client.stream(server, asked.messages, max_tokens)


CHECK = "check every citation against the law itself"


def local(made: Made, via: str, asked: Asked, max_tokens: int) -> Iterator[str]:
    """The pieces of a greedy answer, made in a child process."""
    prompt = made.budget.chat.prompt(asked.messages)
    job = _speak_job(made, prompt, max_tokens) if via == "mlx" else answer_job(made, prompt, max_tokens)
    with tempfile.TemporaryDirectory() as folder, closing(run_job(job, Path(folder))) as events:
        for event in events:
            if isinstance(event, Text):
                yield event.text


def answer_job(made: Made, prompt: str, max_tokens: int) -> AnswerJob:
    """What llama.cpp is to answer."""
    return AnswerJob(
        gguf=made.gguf.path,
        prompt=prompt,
        stops=made.budget.chat.stops,
        max_tokens=max_tokens,
        context=made.config.registry.num_ctx,
    )


def _speak_job(made: Made, prompt: str, max_tokens: int) -> SpeakJob:
    """The merged model where it is still there, else the base with the adapter."""
    merged = (made.run.merged / "config.json").exists()
    folder, adapter = (made.run.merged, None) if merged else (made.base.folder, made.run.adapter)
    return SpeakJob(folder=folder, adapter=adapter, prompt=prompt, max_tokens=max_tokens)


def unsupported(text: str, source: str, instruction: str, name: str) -> str:
    """What the answer names and the judgment does not, in words."""
    grounding = check_grounding(text, source, instruction)
    if grounding.no_references:
        return f"the answer names no reference that could be looked for in {name}"
    named = [f"{one.kind} {one.canonical}" for one in grounding.unsupported]
    if not named:
        return f"all {len(grounding.classes)} references of the answer stand in {name}"
    return f"NOT SUPPORTED by {name}: {'; '.join(named)}"


def _named(file: Path | None) -> str:
    return "the question" if file is None else "standard input" if str(file) == "-" else str(file)


def _print(pieces: Iterator[str]) -> str:
    text = ""
    for piece in pieces:
        print(piece, end="", flush=True)
        text += piece
    print()
    return text


def _note(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
