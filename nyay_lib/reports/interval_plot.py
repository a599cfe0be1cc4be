"""Figures with their intervals, one beside another, as a Markdown image."""

from collections.abc import Mapping, Sequence
from typing import Any

from nyay_lib.evaluation.figures import Figure
from nyay_lib.evaluation.report import Who
from nyay_lib.reports.plots import above, empty_figure, image

COLOURS: dict[Who, str] = {"base": "#888888", "production": "#c2571a", "this model": "#3b6fb6"}
APART = 0.22


def interval_plot(rows: Mapping[str, Mapping[Who, Figure]], words: str, unit: str, scale: float = 1.0) -> str:
    """For each named figure the models' estimates and 95 % intervals, from top to bottom; empty without any."""
    if not rows:
        return ""
    canvas = empty_figure(0.9 + 0.55 * len(rows))
    axes: Any = canvas.add_subplot()
    for place, models in enumerate(rows.values()):
        for shift, (who, found) in enumerate(models.items()):
            height = place + (shift - (len(models) - 1) / 2) * APART
            label = who if place == 0 else None
            _interval(axes, height, [scale * value for value in (found.estimate, found.low, found.high)], who, label)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.invert_yaxis()
    axes.set_xlabel(unit)
    axes.grid(axis="x", alpha=0.25)
    above(axes)
    return image(canvas, words)


def _interval(axes: Any, height: float, values: Sequence[float], who: Who, label: str | None) -> None:
    estimate, low, high = values
    axes.plot([low, high], [height, height], color=COLOURS[who], linewidth=2)
    axes.plot([estimate], [height], "o", color=COLOURS[who], markersize=5, label=label)
