"""The trend of a whole series of losses."""

from collections.abc import Iterable

from nyay_lib.engine.early_warning import NO_LOSSES, Trend


def trend_of(losses: Iterable[float]) -> Trend:
    """As training knows it after the last of them."""
    trend = NO_LOSSES
    for loss in losses:
        trend = trend.after(loss)
    return trend
