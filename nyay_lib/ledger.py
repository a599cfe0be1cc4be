"""The ledger of a training run: how often each row was trained on, and what shortening left out.

The child counts the rows that lay in its batches and keeps the counts in every checkpoint, so they are those of the
very steps that the adapter is made of. Here they are held against the plan, which is computed apart.
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Split
from nyay_lib.errors import JobError
from nyay_lib.files import write_text
from nyay_lib.jobs import Covered


class Ledger(BaseModel):
    """``rows`` were each trained on between ``least`` and ``most`` times in ``steps`` of ``planned_steps``.

    ``tokens`` were read and ``completion_tokens`` learned in all; ``tokens_lost`` is what shortening left out of the
    rows once, of ``prompt_tokens`` that they would have had.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int
    epochs: int
    steps: int
    planned_steps: int
    least: int
    most: int
    tokens: int
    completion_tokens: int
    tokens_lost: int
    prompt_tokens: int

    def __str__(self) -> str:
        times = f"{self.least} times" if self.least == self.most else f"{self.least} or {self.most} times"
        lost = self.tokens_lost / self.prompt_tokens
        return f"every row was trained on {times}; {lost:.1%} of the prompts' tokens were left out by shortening"

    def save(self, path: Path) -> "Ledger":
        write_text(path, self.model_dump_json(indent=2) + "\n")
        return self


def settle(config: PipelineConfig, split: Split, covered: Covered) -> Ledger:
    """The ledger of a run over ``split``. Raises JobError when it does not say what was planned."""
    ledger = Ledger(
        rows=covered.rows,
        epochs=config.training.epochs,
        steps=covered.steps,
        planned_steps=config.optimizer_steps(split.rows),
        least=covered.least,
        most=covered.most,
        tokens=covered.tokens,
        completion_tokens=covered.completion_tokens,
        tokens_lost=split.tokens_lost,
        prompt_tokens=split.tokens - split.completion_tokens + split.tokens_lost,
    )
    planned, found = _planned(ledger, split), ledger.model_dump()
    wrong = [f"{name} {found[name]:,} in place of {value:,}" for name, value in planned.items() if found[name] != value]
    if wrong:
        raise JobError(
            f"train: not every row was trained on as planned ({'; '.join(wrong)}); the adapter is not to be used. "
            "Start a new run, and report this with the run's jobs/train folder"
        )
    return ledger


def _planned(ledger: Ledger, split: Split) -> dict[str, int]:
    """What the ledger must say. A run that ended early is in the midst of an epoch, all others are past the last."""
    whole, rest = divmod(ledger.steps, ledger.planned_steps // ledger.epochs)
    planned = {"rows": split.rows, "least": whole, "most": whole + (rest > 0)}
    if rest == 0:  # a row's last token is predicted and not read
        planned |= {
            "tokens": whole * (split.tokens - split.rows),
            "completion_tokens": whole * split.completion_tokens,
        }
    return planned
