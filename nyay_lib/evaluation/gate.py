"""The gate: what a model must show before it may take the place of what serves now.

Required: a lower validation loss than the base, measured on the trained model and again on the very file that is
shipped; and than the file in production, measured on the same rows. The card's absolute targets are printed beside
them. What is not measured says so and passes nothing.
"""

import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from nyay_lib.config import PipelineConfig
from nyay_lib.data.dataset import Dataset
from nyay_lib.evaluation.answers import ModelFile
from nyay_lib.evaluation.compare import Evaluation
from nyay_lib.evaluation.losses import loss_of, score
from nyay_lib.evaluation.verdict import Outcome, Row, Verdict
from nyay_lib.export.model_files import Gguf
from nyay_lib.files import digest_file, digest_value
from nyay_lib.jobs import Event
from nyay_lib.runs import RunDir
from nyay_lib.training import Adapter

# Raised when the gate asks for something else, so that older verdicts are not taken for new ones.
GATE = 1
GB = 1e9


@dataclass(frozen=True, slots=True)
class Measured:
    """All that the gate looks at. Losses in nats a completion token; None where nothing was measured."""

    evaluation: Evaluation
    adapter: Adapter
    gguf: Gguf
    shipped_loss: float
    champion_run: str | None
    champion_loss: float | None


def judge(
    config: PipelineConfig,
    run: RunDir,
    data: Dataset,
    adapter: Adapter,
    evaluation: Evaluation,
    gguf: Gguf,
    champion: tuple[str, Path | None] | None,
) -> Generator[Event, None, Verdict]:
    """Score the shipped file, and the champion's (its run and file) on the same rows, and pass the verdict."""
    inputs = digest_value([GATE, data.digest, evaluation.inputs, gguf.sha256, champion])
    if found := Verdict.reuse(run.evaluation / "verdict.json", inputs):
        return found
    start = time.monotonic()
    file = ModelFile(gguf.path, gguf.sha256)
    shipped = loss_of((yield from score(config, file, data.validation_file, run.job("register") / "score")))
    champion_loss = None
    if champion is not None and champion[1] is not None:
        file, folder = ModelFile(champion[1], digest_file(champion[1])), run.job("register") / "score-champion"
        champion_loss = loss_of((yield from score(config, file, data.validation_file, folder)))
    measured = Measured(evaluation, adapter, gguf, shipped, champion[0] if champion else None, champion_loss)
    rows = [*required_rows(measured), *advisory_rows(measured)]
    verdict = Verdict(inputs=inputs, seconds=time.monotonic() - start, rows=rows)
    return verdict.save(run.evaluation / "verdict.json")


def required_rows(measured: Measured) -> list[Row]:
    """The rows that hold a release back."""
    base = measured.evaluation.base.loss
    return [
        lower("better than the base", "the trained model's validation loss", measured.evaluation.tuned.loss, base),
        lower("the tuning survived export", "the shipped file's validation loss", measured.shipped_loss, base),
        answer_row(measured.gguf),
        champion_row(measured),
    ]


def answer_row(gguf: Gguf) -> Row:
    """The shipped file says something when it is asked through llama.cpp."""
    words = len(gguf.answer.split())
    return Row(
        name="the shipped file answers",
        target="at least 1 word",
        measured=f"{words} words",
        outcome=Outcome.PASS if words else Outcome.MISSED,
        required=True,
        reason=f"asked {gguf.question!r}",
    )


def champion_row(measured: Measured) -> Row:
    """Better than what serves now; without a model in production there is nothing to be better than."""
    name = "better than production"
    if measured.champion_run is None:
        none = "no model is in production"
        return Row(name=name, target=none, measured="", outcome=Outcome.NOT_MEASURED, required=False, reason=none)
    if measured.champion_loss is None:
        reason = f"the file of run {measured.champion_run}, which is in production, is gone"
        return Row(name=name, target="", measured="", outcome=Outcome.NOT_MEASURED, required=True, reason=reason)
    return lower(name, f"validation loss, run {measured.champion_run}", measured.shipped_loss, measured.champion_loss)


def lower(name: str, what: str, value: float, bar: float) -> Row:
    """A required row: ``value`` must be below ``bar``. What is not a number passes nothing."""
    outcome = Outcome.PASS if value < bar else Outcome.MISSED
    change = f"{1 - value / bar:.1%} lower" if value < bar else f"not below {bar:.4f}"
    return Row(
        name=name,
        target=f"below {bar:.4f}",
        measured=f"{value:.4f}",
        outcome=outcome,
        required=True,
        reason=f"{what}: {change}",
    )


def advisory_rows(measured: Measured) -> list[Row]:
    """The card's targets, and those of them that nothing here measures."""
    tuned, gguf = measured.evaluation.tuned, measured.gguf
    trained, speed = measured.adapter.last_loss, gguf.tokens_per_second
    rows = [
        target("training loss", "< 1.0", f"{trained:.3f}", trained < 1.0, "last step"),
        target("validation loss", "< 1.2", f"{tuned.loss:.3f}", tuned.loss < 1.2, f"{tuned.rows} rows"),
        target("ROUGE-L", "> 0.4", f"{tuned.rouge_l:.3f}", tuned.rouge_l > 0.4, f"{tuned.answers} answers"),
        target("inference speed", "> 20 tokens/s", f"{speed:.1f} tokens/s", speed > 20, "one answer"),
        target("GGUF size", "< 3 GB", f"{gguf.bytes / GB:.3g} GB", gguf.bytes < 3 * GB, gguf.quantization),
    ]
    missing = (("legal accuracy", "> 75 %"), ("hallucination rate", "< 5 %"), ("human approval", "> 70 %"))
    return rows + [not_measured(name, bar) for name, bar in missing]


def target(name: str, bar: str, measured: str, met: bool, reason: str) -> Row:
    outcome = Outcome.PASS if met else Outcome.MISSED
    return Row(name=name, target=bar, measured=measured, outcome=outcome, required=False, reason=reason)


def not_measured(name: str, bar: str) -> Row:
    reason = "this version does not measure it"
    return Row(name=name, target=bar, measured="", outcome=Outcome.NOT_MEASURED, required=False, reason=reason)
