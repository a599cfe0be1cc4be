"""How rows of the verdict are made: on a gain, on what could not be measured, and their outcomes in words."""

from nyay_lib.evaluation.gains import Gain, Metric
from nyay_lib.evaluation.verdict import Outcome, Row


def compared(name: str, target: str, metric: Metric, found: Gain, outcome: Outcome, reason: str) -> Row:
    """A required row on a gain that was measured."""
    return Row(
        name=name,
        target=target,
        measured=signed(metric, found.estimate),
        outcome=outcome,
        required=True,
        reason=f"{reason}; {found.rows:,} rows of {found.judgments:,} judgments",
        interval=f"{signed(metric, found.low)} to {signed(metric, found.high)}",
    )


def not_measured(name: str, target: str, reason: str, *, required: bool = True) -> Row:
    """A row on what could not be measured, which passes nothing."""
    return Row(name=name, target=target, measured="", outcome=Outcome.NOT_MEASURED, required=required, reason=reason)


def passed(holds: bool) -> Outcome:
    """The outcome of what was measured."""
    return Outcome.PASS if holds else Outcome.MISSED


def signed(metric: Metric, value: float) -> str:
    """A gain in words: nats a token for losses, percentage points for shares."""
    return f"{value:+.4f}" if metric == "validation loss" else f"{100 * value:+.1f} points"
