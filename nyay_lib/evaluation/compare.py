"""Base against tuned, in MLX and greedy: an early diagnosis before anything is exported."""

import math
import time
from collections.abc import Generator
from pathlib import Path

import pydantic
from filelock import FileLock

from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.config import PipelineConfig
from nyay_lib.data.chat import read_chats
from nyay_lib.data.dataset import Dataset
from nyay_lib.errors import EvaluationError
from nyay_lib.evaluation.rouge import rouge_l
from nyay_lib.evaluation.sample import choose_rows
from nyay_lib.files import digest_value, write_json
from nyay_lib.frozen import Frozen
from nyay_lib.jobs import EvaluateJob, Event, named, run_job
from nyay_lib.lines import read_lines
from nyay_lib.results import Result
from nyay_lib.runs import RunDir
from nyay_lib.training import Adapter, mend_adapter

# Raised when a figure is computed in another way, so that older answers are not compared with new ones.
EVALUATION = 2


class Score(Result):
    """One model on the validation set. Loss in nats a completion token over all rows; the rest over the answers."""

    loss: float
    rows: int
    answers: int
    rouge_l: float
    tokens_per_second: float

    @property
    def perplexity(self) -> float:
        return math.exp(self.loss)


class Sample(Frozen):
    """One question, the reference answer, and what both models said."""

    id: str
    task_type: str
    question: str
    reference: str
    base: str
    tuned: str
    base_rouge_l: float
    tuned_rouge_l: float


SAMPLES: pydantic.TypeAdapter[list[Sample]] = pydantic.TypeAdapter(list[Sample])


class Evaluation(Result):
    """The two scores; ``samples`` is a JSON file of Sample, the worst tuned answer first."""

    base: Score
    tuned: Score
    samples: Path

    @property
    def improvement(self) -> float:
        """Share by which tuning lowered the validation loss."""
        return 1 - self.tuned.loss / self.base.loss

    @property
    def is_hopeless(self) -> bool:
        """Whether tuning did not lower the loss: then no file of it can beat the base."""
        return not self.tuned.loss < self.base.loss


def evaluate(
    config: PipelineConfig, run: RunDir, base: Base, data: Dataset, adapter: Adapter
) -> Generator[Event, None, Evaluation]:
    """Score both models, yielding the children's events. The base's answers are kept for later runs."""
    rows = chosen_rows(config, data)
    inputs = _digest(config, base, data, rows, adapter)
    if found := Evaluation.reuse(run.result("evaluate"), inputs):
        return found
    base.require_intact()
    data.require_intact()
    adapter.require_intact(mend_adapter(run))
    start = time.monotonic()
    shared = config.paths.cache.resolve() / f"compared-{_digest(config, base, data, rows, None)[:16]}"
    base_score = yield from _score(config, base, data, rows, None, shared, run.job("evaluate") / "base")
    tuned_score = yield from _score(
        config, base, data, rows, adapter, run.evaluation / "tuned", run.job("evaluate") / "tuned"
    )
    samples = compare(data, shared / "answers.jsonl", run.evaluation / "tuned" / "answers.jsonl")
    write_json(run.evaluation / "samples.json", SAMPLES.dump_python(samples, mode="json"))
    return Evaluation(
        inputs=inputs,
        seconds=time.monotonic() - start,
        base=base_score,
        tuned=tuned_score,
        samples=run.evaluation / "samples.json",
    ).save(run.result("evaluate"))


def require_hope(config: PipelineConfig, evaluation: Evaluation) -> None:
    """Raises EvaluationError where tuning did not lower the loss, unless evaluation.stop_hopeless is false."""
    if config.evaluation.stop_hopeless and evaluation.is_hopeless:
        raise EvaluationError(
            f"the tuned model's validation loss is {evaluation.tuned.loss:.4f}, not below its base's "
            f"{evaluation.base.loss:.4f}, so exporting it is no use: look at the page `evaluate`, try another "
            "training.learning_rate or other records, or set evaluation.stop_hopeless to false"
        )


def chosen_rows(config: PipelineConfig, data: Dataset) -> tuple[int, ...]:
    """The validation rows that are answered, the same for every model and step of a run."""
    tasks = [str(note["task_type"]) for note in read_lines(data.folder / "val_rows.jsonl")]
    return choose_rows(tasks, config.evaluation.samples, config.training.seed)


def _digest(config: PipelineConfig, base: Base, data: Dataset, rows: tuple[int, ...], adapter: Adapter | None) -> str:
    generated = [config.evaluation.max_tokens, config.evaluation.batch_size]
    return digest_value([EVALUATION, base.digest, data.digest, rows, adapter and adapter.digest, generated])


def _score(
    config: PipelineConfig,
    base: Base,
    data: Dataset,
    rows: tuple[int, ...],
    adapter: Adapter | None,
    folder: Path,
    job_folder: Path,
) -> Generator[Event, None, Score]:
    inputs = _digest(config, base, data, rows, adapter)
    job = EvaluateJob(
        base=base.folder,
        adapter=adapter.folder if adapter else None,
        validation=data.validation_file,
        answers=folder / "answers.jsonl",
        rows=rows,
        max_tokens=config.evaluation.max_tokens,
        batch_size=config.evaluation.batch_size,
    )
    folder.mkdir(parents=True, exist_ok=True)
    # Of two runs that want the same score one waits, and reads it.
    with FileLock(folder / ".lock"):
        if found := Score.reuse(folder / "score.json", inputs):
            return found
        start = time.monotonic()
        done = yield from named(run_job(job, job_folder), "of the tuned model" if adapter else "of the base")
        answers = read_answers(job.answers)
        references = [messages[-1]["content"] for messages in read_chats(data.validation_file)]
        overlap = rouge_l([(references[row], text) for row, text, _, _ in answers])
        return Score(
            inputs=inputs,
            seconds=time.monotonic() - start,
            loss=float(done.result["loss"] or math.nan),
            rows=int(done.result["rows"] or 0),
            answers=len(answers),
            rouge_l=sum(overlap) / len(overlap),
            tokens_per_second=sum(tokens for _, _, tokens, _ in answers) / sum(seconds for *_, seconds in answers),
        ).save(folder / "score.json")


def read_answers(path: Path) -> list[tuple[int, str, int, float]]:
    """Row, text, tokens and seconds of each answer, in the order of the rows."""
    return sorted((a["row"], a["text"], a["tokens"], a["seconds"]) for a in read_lines(path))


def compare(data: Dataset, base_answers: Path, tuned_answers: Path) -> list[Sample]:
    """Both models' answers side by side, the worst tuned answer first."""
    chats = list(read_chats(data.validation_file))
    notes = read_lines(data.folder / "val_rows.jsonl")
    samples: list[Sample] = []
    for (row, base, *_), (_, tuned, *_) in zip(read_answers(base_answers), read_answers(tuned_answers), strict=True):
        reference = chats[row][-1]["content"]
        base_overlap, tuned_overlap = rouge_l([(reference, base), (reference, tuned)])
        samples.append(
            Sample(
                id=notes[row]["id"],
                task_type=notes[row]["task_type"],
                question=chats[row][1]["content"].split("\n\n")[0],
                reference=reference,
                base=base,
                tuned=tuned,
                base_rouge_l=base_overlap,
                tuned_rouge_l=tuned_overlap,
            )
        )
    return sorted(samples, key=lambda sample: sample.tuned_rouge_l)
