"""Other ways to spend the hours: fewer epochs, fewer rows, shorter rows."""

from collections.abc import Iterator, Sequence

from nyay_lib.ladder import Rung
from nyay_lib.planning.hours import most_epochs, most_rows
from nyay_lib.planning.outlook import LENGTH_STEP, Outlook
from nyay_lib.planning.plan import Alternative
from nyay_lib.planning.workload import PlannedRow, shortened

SHORTEST = 256


def alternatives(outlook: Outlook, rung: Rung, limit: float) -> Iterator[Alternative]:
    """What fits into ``limit`` seconds by epochs, by rows and by length, and what each sees of the data."""
    training, rows = outlook.config.training, outlook.rows

    def seconds(some: Sequence[PlannedRow], epochs: int) -> float:
        return outlook.seconds(rung, some, epochs)

    epochs = most_epochs(rows, training.epochs, limit, seconds) or 1
    yield _of(outlook, rung, limit, f"{_times(epochs)} of all rows", rows, epochs)
    fewer = most_rows(rows, training.epochs, limit, training.effective_batch_size, training.seed, seconds)
    yield _of(outlook, rung, limit, f"{_times(training.epochs)} of {len(fewer):,} rows", fewer, training.epochs)
    length = fitting_length(outlook, rung, limit)
    shorter = shortened(rows, length)
    what = f"training.max_seq_length {length:,}, {_times(training.epochs)} of all rows"
    yield _of(outlook, rung, limit, what, shorter, training.epochs)


def fitting_length(outlook: Outlook, rung: Rung, limit: float) -> int:
    """The greatest length at which all rows and epochs fit, and no less than the shortest that makes sense."""
    training = outlook.config.training
    low, high = SHORTEST // LENGTH_STEP, max(SHORTEST, training.max_seq_length) // LENGTH_STEP
    while low < high:
        middle = (low + high + 1) // 2
        fits = outlook.seconds(rung, shortened(outlook.rows, middle * LENGTH_STEP), training.epochs) <= limit
        low, high = (middle, high) if fits else (low, middle - 1)
    return low * LENGTH_STEP


def _of(outlook: Outlook, rung: Rung, limit: float, what: str, rows: Sequence[PlannedRow], epochs: int) -> Alternative:
    seconds, tokens = outlook.seconds(rung, rows, epochs), sum(row.inputs for row in rows)
    whole = {row.place: row.inputs for row in outlook.rows}
    return Alternative(
        what=what,
        rows=len(rows),
        epochs=epochs,
        length=max(row.tokens for row in rows),
        tokens=epochs * tokens,
        seconds=seconds,
        coverage=epochs * len(rows) / len(outlook.rows),
        tokens_kept=tokens / sum(whole[row.place] for row in rows),
        fits=seconds <= limit,
    )


def _times(epochs: int) -> str:
    return "1 epoch" if epochs == 1 else f"{epochs} epochs"
