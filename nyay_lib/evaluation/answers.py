"""What a file answers to the questions of the gate: drawn as it will be when it is served, and kept for later runs.

An answer is kept under the digest of the file, of how tokens are drawn, and of its question, so a model that was a
challenger once is not asked again when it is the champion, and a larger sample asks only what is new.
"""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from nyay_lib.config import PipelineConfig
from nyay_lib.files import digest_value, write_text
from nyay_lib.frozen import Frozen
from nyay_lib.jobs import Event, GenerateJob, Sampling, run_job
from nyay_lib.lines import json_line, read_lines
from nyay_lib.prompt import Message

# Raised when answers are made in another way, so that older ones are not taken for new ones.
GENERATION = 1
SEEDS = 1 << 31


@dataclass(frozen=True, slots=True)
class Question:
    """A conversation that waits for an answer; ``key`` is the digest of it and of the seed."""

    key: str
    seed: int
    messages: Sequence[Message]


class Answer(Frozen):
    """One answer. Times in seconds: to the first token with the prompt, and of the tokens after it.

    ``ended`` is ``length`` where the answer was cut off.
    """

    key: str
    text: str
    ended: str
    tokens: int
    prompt_tokens: int
    first_token_seconds: float
    later_tokens: int
    later_seconds: float

    @property
    def tokens_per_second(self) -> float | None:
        """Speed after the first token; None for an answer of one token."""
        return self.later_tokens / self.later_seconds if self.later_seconds else None


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A file that is asked and scored, and the digest that what it says is kept under."""

    path: Path
    sha256: str


def ask_for(prompts: Iterable[Sequence[Message]], seed: int) -> list[Question]:
    """The prompts as questions, each with a seed of its own that does not depend on the others."""
    keys = [(digest_value([seed, prompt]), prompt) for prompt in prompts]
    return [Question(key, int(key[:8], 16) % SEEDS, prompt) for key, prompt in keys]


def answer(
    config: PipelineConfig, file: ModelFile, questions: Sequence[Question], job_folder: Path
) -> Generator[Event, None, list[Answer]]:
    """One answer a question, in their order; only those that nobody has asked this file yet are made."""
    answers = answers_file(config, file)
    wanted = {question.key: _line(question) for question in questions}
    answers.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(answers.with_name(".lock")):
        if wanted.keys() - {line["key"] for line in read_lines(answers)}:
            asked = job_folder / "questions.jsonl"
            write_text(asked, "".join(wanted.values()))
            job = GenerateJob(
                gguf=file.path,
                questions=asked,
                answers=answers,
                max_tokens=config.evaluation.max_tokens,
                context=context_of(config),
                sampling=_sampling(config),
            )
            yield from run_job(job, job_folder)
        made = {line["key"]: Answer.model_validate(line) for line in read_lines(answers)}
    return [made[question.key] for question in questions]


def answers_file(config: PipelineConfig, file: ModelFile) -> Path:
    """Where the answers of a file are kept, one a line."""
    drawn = [GENERATION, file.sha256, _sampling(config).model_dump(), config.evaluation.max_tokens]
    return config.paths.cache.resolve() / f"answers-{digest_value(drawn)[:16]}" / "answers.jsonl"


def context_of(config: PipelineConfig) -> int:
    """Tokens of context in which every prompt has room for its answer."""
    return max(config.registry.num_ctx, config.training.max_seq_length + config.evaluation.max_tokens)


def _sampling(config: PipelineConfig) -> Sampling:
    return Sampling(temperature=config.registry.temperature, top_p=config.registry.top_p)


def _line(question: Question) -> str:
    return json_line({"key": question.key, "seed": question.seed, "messages": list(question.messages)})
