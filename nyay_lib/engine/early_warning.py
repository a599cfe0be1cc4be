"""Early warning: a training run that goes wrong stops while little is lost, and says what to change."""

from collections.abc import Sequence

from nyay_lib.errors import NyayError

# Losses of single steps scatter with their rows: windows of them are compared.
WINDOW = 4
# Base models start at 1 to 4 nats a token. What has risen by so much in a few steps does not come back.
RISE_FACTOR, RISE_NATS = 1.5, 1.0


def check_divergence(losses: Sequence[float], rate: float) -> None:
    """Raise NyayError when the last WINDOW of ``losses``, in nats a token from the first step on, stand far above the
    first; ``rate`` is the peak learning rate that is to be lowered."""
    if len(losses) < 2 * WINDOW:
        return
    first, last = (sum(part) / WINDOW for part in (losses[:WINDOW], losses[-WINDOW:]))
    if last > max(RISE_FACTOR * first, first + RISE_NATS):
        raise NyayError(
            f"step {len(losses)}: training diverges, its loss has risen from {first:.3f} (first {WINDOW} steps) to "
            f"{last:.3f} (last {WINDOW}). Train with training.learning_rate {rate / 4:.2g} in place of {rate:.2g}, or "
            "with a lower lora.alpha"
        )


def overfits(worse: int, patience: int) -> bool:
    """Whether validation has failed to improve at so many evaluations in a row that training ends."""
    return 0 < patience <= worse
