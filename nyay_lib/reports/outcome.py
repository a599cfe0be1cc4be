"""What came of a run, for the terminal and as JSON, read from the results in its folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from rich.table import Column, Table
from rich.text import Text

from nyay_lib.base_model.prepared import BaseModel
from nyay_lib.data.dataset import Dataset
from nyay_lib.evaluation.compare import Evaluation
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.model_files import Gguf, MergedModel
from nyay_lib.registry.release import Release
from nyay_lib.reports.page import Cell, duration, show, size
from nyay_lib.reports.verdict import headline, verdict_rows
from nyay_lib.results import Result
from nyay_lib.runs import RunDir
from nyay_lib.training import Adapter

T = TypeVar("T", bound=Result)
VERDICT_COLUMNS = ("row", "kind", "target", "measured", "95 % interval", "outcome")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The results of a run's seven steps, and its verdict."""

    run: RunDir
    base: BaseModel
    data: Dataset
    adapter: Adapter
    evaluation: Evaluation
    merged: MergedModel
    gguf: Gguf
    release: Release
    verdict: Verdict

    @classmethod
    def of(cls, run: RunDir) -> "Outcome":
        """The outcome of a run that has completed."""
        return cls(
            run,
            _read(BaseModel, run, "download-base"),
            _read(Dataset, run, "convert"),
            _read(Adapter, run, "train"),
            _read(Evaluation, run, "evaluate"),
            _read(MergedModel, run, "fuse"),
            _read(Gguf, run, "quantize"),
            _read(Release, run, "register"),
            Verdict.model_validate_json(run.verdict.read_bytes()),
        )

    @property
    def steps(self) -> dict[str, Result]:
        """The steps in order."""
        return {
            "download-base": self.base,
            "convert": self.data,
            "train": self.adapter,
            "evaluate": self.evaluation,
            "fuse": self.merged,
            "quantize": self.gguf,
            "register": self.release,
        }


def _read(kind: type[T], run: RunDir, step: str) -> T:
    return kind.model_validate_json(run.result(step).read_bytes())


def outcome_tables(outcome: Outcome) -> Iterator[Table | Text]:
    """Steps, figures and verdict, and the sentence of the release."""
    yield _steps(outcome)
    yield _figures(outcome)
    yield _verdict(outcome.verdict)
    yield Text(outcome.release.reason, style="bold")


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """The same figures; names are those of the pages in the UI."""
    return {
        "promoted": outcome.release.promoted,
        "reason": outcome.release.reason,
        "tag": outcome.release.tag,
        "steps": [
            {"step": name, "seconds": step.seconds, "reused": step.reused} for name, step in outcome.steps.items()
        ],
        "figures": figures(outcome),
        "verdict": {
            "passed": outcome.verdict.passed,
            "headline": headline(outcome.verdict),
            "rows": verdict_rows(outcome.verdict),
        },
    }


def figures(outcome: Outcome) -> list[dict[str, Cell]]:
    """Each figure of the base and of the tuned model, in full precision."""
    base, tuned, gguf = outcome.evaluation.base, outcome.evaluation.tuned, outcome.gguf
    rows: list[tuple[str, Cell, Cell]] = [
        ("training loss, first and last step", outcome.adapter.first_loss, outcome.adapter.last_loss),
        (f"validation loss, {tuned.rows} rows", base.loss, tuned.loss),
        (f"ROUGE-L, {tuned.answers} answers", base.rouge_l, tuned.rouge_l),
        ("F16 and shipped file, bytes", gguf.f16_bytes, gguf.bytes),
        ("shipped file, tokens a second", None, gguf.tokens_per_second),
    ]
    return [{"figure": name, "base": before, "tuned": after} for name, before, after in rows]


def _steps(outcome: Outcome) -> Table:
    table = Table("step", "took", title="The seven steps", title_justify="left")
    for name, step in outcome.steps.items():
        table.add_row(name, "reused" if step.reused else duration(step.seconds))
    return table


def _figures(outcome: Outcome) -> Table:
    table = Table("figure", "before", "after", title=EARLY, title_justify="left")
    for row in figures(outcome):
        name = str(row["figure"])
        told = _sizes if name.endswith("bytes") else show
        table.add_row(name.removesuffix(", bytes"), *("" if row[of] is None else told(row[of]) for of in OF))
        if name.startswith("validation loss"):
            table.add_row("  lowered by", "", f"{outcome.evaluation.improvement:.1%}")
    return table


OF = ("base", "tuned")
# Else a reader takes two values of one name for a fault.
EARLY = "Before and after tuning, an early look in MLX; the verdict below is of the shipped file"


def _sizes(value: Cell) -> str:
    return size(float(value or 0))


def _verdict(verdict: Verdict) -> Table:
    # A name that is cut off could not be given to --waive.
    columns = (Column(name, overflow="fold") for name in VERDICT_COLUMNS)
    table = Table(*columns, title=f"Verdict: {headline(verdict)}", title_justify="left")
    for row in verdict_rows(verdict):
        table.add_row(*(str(row[key]) for key in VERDICT_COLUMNS))
    return table
