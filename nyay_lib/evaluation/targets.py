"""The absolute targets of the release's card: met, missed, or not measured.

A target is met only where the whole 95 % interval is on its side. They are advisory; gate.binding makes them bind.
"""

from collections.abc import Iterator
from typing import NamedTuple, get_args

from nyay_lib.config import PipelineConfig, Target
from nyay_lib.evaluation.figures import Figure, figure
from nyay_lib.evaluation.report import ALL, Report
from nyay_lib.evaluation.review import APPROVED, Review, why_open
from nyay_lib.evaluation.rows import not_measured, passed
from nyay_lib.evaluation.statistics import fewest_without_failure, wilson
from nyay_lib.evaluation.verdict import Outcome, Row
from nyay_lib.training import Adapter

NAMES: tuple[Target, ...] = get_args(Target)
OPTIONAL = frozenset(name for name in NAMES if ", " in name or name == "test cases")


class Bar(NamedTuple):
    """A bar that a figure must be over or under, and how figures of its kind are written."""

    value: float
    over: bool
    form: str = "{:.3f}"

    @property
    def text(self) -> str:
        return f"{'>' if self.over else '<'} {self.form.format(self.value)}"

    def is_met_by(self, found: Figure) -> bool:
        """Whether it may be claimed: the whole interval is on the right side."""
        return found.interval.is_above(self.value) if self.over else found.interval.is_below(self.value)

    def is_met_by_estimate(self, found: Figure) -> bool:
        return found.estimate > self.value if self.over else found.estimate < self.value


SHARE = "{:.1%}"
ACCURACY, HALLUCINATION, APPROVAL = Bar(0.75, True, SHARE), Bar(0.05, False, SHARE), Bar(APPROVED, True, SHARE)
TRAINING_LOSS, VALIDATION_LOSS, ROUGE_L = Bar(1.0, False), Bar(1.2, False), Bar(0.4, True)


def target_rows(config: PipelineConfig, report: Report, adapter: Adapter, review: Review | None) -> list[Row]:
    """A row for each target of the card; those of tasks, and cases, only where they are measured or required."""
    required = config.gate.binding
    rows = [*_losses(report, adapter), *_answers(report), *_approvals(report, review), _cases(report)]
    told = [row for row in rows if row.name in required or row.name not in OPTIONAL or row.is_measured]
    absent = [name for name in required if name not in {row.name for row in rows}]
    told += [not_measured(name, "", "no row of this task is validated on") for name in absent]
    return [row.model_copy(update={"required": row.name in required}) for row in told]


def _losses(report: Report, adapter: Adapter) -> Iterator[Row]:
    trained = adapter.last_loss
    outcome = passed(trained < TRAINING_LOSS.value)
    yield _row("training loss", TRAINING_LOSS.text, f"{trained:.3f}", outcome, "the last optimizer step")
    yield claim("validation loss", VALIDATION_LOSS, report.all.figures["this model"]["validation loss"], "rows")


def _answers(report: Report) -> Iterator[Row]:
    ours = report.all.figures["this model"]
    yield claim("ROUGE-L", ROUGE_L, ours["ROUGE-L"], "answers")
    for task in (ALL, *report.tasks):
        found = report.slices[task].figures["this model"]["legal accuracy"]
        yield claim(_named("legal accuracy", task), ACCURACY, found, "answers with a known right one")
    yield _hallucination(report, ours["hallucination by sample"])


def _hallucination(report: Report, found: Figure | None) -> Row:
    """A meter that sees no invention where all is invented has measured nothing."""
    if report.controls.meter_works is False:
        reason = "held against foreign judgments the reference answers look supported: the meter sees no invention"
        return not_measured("hallucination rate", HALLUCINATION.text, reason)
    return claim("hallucination rate", HALLUCINATION, found, "answers that name something")


def _approvals(report: Report, review: Review | None) -> Iterator[Row]:
    for task in (ALL, *report.tasks):
        name = _named("human approval", task)
        if review is None:
            yield not_measured(name, APPROVAL.text, "no lawyer was asked")
        elif not review.is_complete:
            yield not_measured(name, APPROVAL.text, why_open(review, report.run_id))
        else:
            approved, judged = review.count(None if task == ALL else task)
            yield claim(name, APPROVAL, figure(wilson(approved, judged), judged), "answers that lawyers judged")


def _cases(report: Report) -> Row:
    if not report.cases:
        return not_measured("test cases", "all", "there is no case in evaluation.test_cases")
    failed = [case for case in report.cases if case.faults]
    told = f"{len(report.cases) - len(failed)} of {len(report.cases)}"
    reason = "; ".join(f"{case.name}: {case.faults[0]}" for case in failed[:3]) or "each answer tells what it should"
    return _row("test cases", "all", told, passed(not failed), reason)


def claim(name: str, bar: Bar, found: Figure | None, unit: str) -> Row:
    """Whether a figure may be claimed to be on the right side of a bar, and if not, why not."""
    if found is None:
        return not_measured(name, bar.text, f"there are no {unit}, or of one judgment alone")
    estimate, low, high = map(bar.form.format, (found.estimate, found.low, found.high))
    met = bar.is_met_by(found)
    reason = f"{unit}: {found.of:,}"
    if not met and bar.is_met_by_estimate(found):
        reason = f"the estimate is {'over' if bar.over else 'under'} it, but {found.of:,} {unit} cannot carry the claim"
        if bar is HALLUCINATION:
            fewest = fewest_without_failure(bar.value)
            reason += f"; {fewest} without a single unsupported reference are the fewest that can"
    return _row(name, bar.text, estimate, passed(met), reason, f"{low} to {high}")


def _named(name: str, task: str) -> str:
    return name if task == ALL else f"{name}, {task}"


def _row(name: str, target: str, measured: str, outcome: Outcome, reason: str, interval: str = "") -> Row:
    return Row(
        name=name,
        target=target,
        measured=measured,
        outcome=outcome,
        required=False,
        reason=reason,
        interval=interval,
    )
