"""The rows of the gate against what serves now, in pairs on the same rows and questions.

With 95 % confidence no worse than by gate.margin, on every task and in grounding, and better somewhere. A task is
looked at by its loss and, where somebody knows a right answer to it, by legal accuracy. The margin is a share, or so
many nats a token: 0.02 of them are 2 % of perplexity. A bootstrap of a handful of judgments knows no
difference that they do not show, so with fewer than gate.judgments nothing counts as measured.
"""

from collections.abc import Iterator

from nyay_lib.config import GateConfig
from nyay_lib.evaluation.bench import Bench, Contender
from nyay_lib.evaluation.gains import Gain, Metric, gain
from nyay_lib.evaluation.report import MeasuredFile, Report
from nyay_lib.evaluation.rows import compared, not_measured, passed, signed
from nyay_lib.evaluation.statistics import CONFIDENCE
from nyay_lib.evaluation.verdict import Row

SAME = "another model than production"
# Neither invention nor silence may win: the first falls where less is named, the second where more is.
IN_GROUNDING: tuple[Metric, ...] = ("hallucination", "grounded answers")
BETTER_AT: tuple[Metric, ...] = ("validation loss", "legal accuracy", *IN_GROUNDING)


def production_rows(
    gate: GateConfig, report: Report, bench: Bench, ours: Contender, theirs: Contender | None
) -> Iterator[Row]:
    """All of them; without a model in production there is nothing to be better than."""
    name, target = "better than production", "better somewhere, worse nowhere"
    if report.production_run is None:
        yield not_measured(name, target, "no model is in production", required=False)
    elif theirs is None:
        yield not_measured(name, target, f"the file of run {report.production_run}, which is in production, is gone")
    else:
        yield _another(report.files["this model"], report.files["production"])
        yield from _no_worse_rows(gate, report, bench)
        yield _better_somewhere(gate, bench, ours, theirs)


def _another(ours: MeasuredFile, theirs: MeasuredFile) -> Row:
    """A model never beats itself, whatever name or run its file bears."""
    other = ours.weights != theirs.weights
    return Row(
        name=SAME,
        target="other weights",
        measured="other" if other else "the same",
        outcome=passed(other),
        required=True,
        reason=f"tensors {ours.weights[:12]}, in production {theirs.weights[:12]}",
    )


def _no_worse_rows(gate: GateConfig, report: Report, bench: Bench) -> Iterator[Row]:
    for task in report.tasks:
        gains = report.slices[task].over_production or {}
        yield _no_worse(gate, f"validation loss, {task}", "validation loss", gains["validation loss"])
        if task in bench.decidable:
            yield _no_worse(gate, f"legal accuracy, {task}", "legal accuracy", gains["legal accuracy"])
    for metric in IN_GROUNDING:
        yield _no_worse(gate, metric, metric, (report.all.over_production or {})[metric])


def _no_worse(gate: GateConfig, what: str, metric: Metric, found: Gain | None) -> Row:
    """With 95 % confidence not worse by more than the margin."""
    name, target = f"no worse than production: {what}", f"gain above {signed(metric, -gate.margin)}"
    if found is None or found.judgments < gate.judgments:
        return not_measured(name, target, _too_few(gate, found))
    holds = found.lower > -gate.margin
    reason = f"lower bound {signed(metric, found.lower)}"
    if not holds:
        reason += ": it is worse" if found.high < 0 else ": not shown to be no worse; more evaluation.samples show more"
    return compared(name, target, metric, found, passed(holds), reason)


def _better_somewhere(gate: GateConfig, bench: Bench, ours: Contender, theirs: Contender) -> Row:
    """Above nothing in one of several figures, each with a confidence that allows for their number (Bonferroni)."""
    name, target = "better than production somewhere", f"gain above 0 in {', '.join(BETTER_AT)}"
    confidence = 1 - (1 - CONFIDENCE) / len(BETTER_AT)
    found: dict[Metric, Gain | None] = {
        metric: gain(bench, ours, theirs, metric, confidence=confidence) for metric in BETTER_AT
    }
    known: dict[Metric, Gain] = {
        metric: one for metric, one in found.items() if one is not None and one.judgments >= gate.judgments
    }
    if not known:
        return not_measured(name, target, _too_few(gate, found["validation loss"]))
    best = max(known, key=lambda metric: known[metric].lower)
    reason = f"{best}: lower bound {signed(best, known[best].lower)} at {confidence:.2%} confidence"
    return compared(name, target, best, known[best], passed(known[best].lower > 0), reason)


def _too_few(gate: GateConfig, found: Gain | None) -> str:
    """Why a gain over production counts as not measured."""
    known = str(found.judgments) if found else "fewer than 2"
    return f"{known} judgments can tell, gate.judgments asks for {gate.judgments}"
