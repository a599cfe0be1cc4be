"""The gate: what a model must show before it may take the place of what serves now.

Against the base: a lower validation loss, and no sign of worse law or grounding. Against production: see
against_production. Beside that the tuning must survive every stage of the export (fidelity), and the file must answer,
be small and be quick.
The card's absolute targets are printed, and bind where gate.binding names them. What is not measured passes nothing.
"""

from collections.abc import Iterator

from nyay_lib.evaluation.bench import Contender
from nyay_lib.evaluation.gains import Gain, Metric
from nyay_lib.evaluation.report import Report
from nyay_lib.evaluation.rows import compared, not_measured, passed, signed
from nyay_lib.evaluation.targets import Bar, claim
from nyay_lib.evaluation.verdict import Row
from nyay_lib.export.model_files import Gguf

GB = 1e9
LARGEST_BYTES = 3 * GB
SPEED = Bar(20, True, "{:.1f} tokens/s")
NOT_WORSE: tuple[Metric, ...] = ("legal accuracy", "grounded answers")


def base_rows(report: Report) -> Iterator[Row]:
    """Better than the base, in pairs on the same rows."""
    gains = report.all.over_base
    yield _better("better than the base", gains["validation loss"])
    for metric in NOT_WORSE:
        yield _not_shown_worse(f"no worse than the base: {metric}", metric, gains[metric])


def _better(name: str, found: Gain | None) -> Row:
    """With 95 % confidence a lower loss."""
    target = "validation loss: gain above 0"
    if found is None:
        return not_measured(name, target, "fewer than two judgments are validated on")
    reason = f"lower bound {signed('validation loss', found.lower)}"
    return compared(name, target, "validation loss", found, passed(found.lower > 0), reason)


def _not_shown_worse(name: str, metric: Metric, found: Gain | None) -> Row:
    """Few answers show little, so here only what is surely worse is held back."""
    target = "not surely worse"
    if found is None:
        return not_measured(name, target, "fewer than two judgments can tell", required=False)
    reason = f"upper bound {signed(metric, found.high)}"
    return compared(name, target, metric, found, passed(found.high >= 0), reason)


def file_rows(report: Report, gguf: Gguf, ours: Contender) -> Iterator[Row]:
    """What serving needs."""
    told = sum(bool(answer.text) for answer in ours.answers)
    yield Row(
        name="the shipped file answers",
        target="over half of the questions",
        measured=f"{told} of {len(ours.answers)}",
        outcome=passed(2 * told > len(ours.answers)),
        required=True,
        reason="the others were ended at once" if told < len(ours.answers) else "none was ended at once",
    )
    speed = claim("inference speed", SPEED, report.all.figures["this model"]["tokens a second"], "answers")
    yield speed.model_copy(update={"required": True})
    yield Row(
        name="GGUF size",
        target="< 3 GB",
        measured=f"{gguf.bytes / GB:.3g} GB",
        outcome=passed(gguf.bytes < LARGEST_BYTES),
        required=True,
        reason=gguf.quantization,
    )
