"""The loss of a file on each validation answer, kept under the digests of file and rows for later runs."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from nyay_lib.config import PipelineConfig
from nyay_lib.evaluation.answers import ModelFile, context_of
from nyay_lib.files import digest_file, digest_value
from nyay_lib.jobs import Event, ScoreJob, run_job
from nyay_lib.lines import read_lines

# Raised when losses are computed in another way, so that older ones are not taken for new ones.
SCORING = 1


@dataclass(frozen=True, slots=True)
class RowLoss:
    """The summed negative log-likelihood of one reference answer, in nats, and its tokens."""

    nll: float
    tokens: int

    @property
    def mean(self) -> float:
        """Nats a token."""
        return self.nll / self.tokens


def score(
    config: PipelineConfig, file: ModelFile, validation: Path, job_folder: Path
) -> Generator[Event, None, list[RowLoss]]:
    """The file's loss on every row of a chat file; rows that were scored before a kill are not scored again."""
    losses = losses_file(config, file, validation)
    losses.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(losses.with_name(".lock")):
        if len(read_lines(losses)) < count_lines(validation):
            job = ScoreJob(gguf=file.path, validation=validation, losses=losses, context=context_of(config))
            yield from run_job(job, job_folder)
        return [RowLoss(line["nll"], line["tokens"]) for line in read_lines(losses)]


def losses_file(config: PipelineConfig, file: ModelFile, validation: Path) -> Path:
    """Where the losses of a file on these rows are kept, one row a line."""
    digest = digest_value([SCORING, file.sha256, digest_file(validation)])
    return config.paths.cache.resolve() / f"losses-{digest[:16]}" / "losses.jsonl"


def count_lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)
