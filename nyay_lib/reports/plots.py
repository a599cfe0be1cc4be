"""Plots as Markdown images: the Prefect UI shows PNG from a data: address, and neither files nor SVG.

Figures and axes are ``Any``: matplotlib leaves its keyword arguments untyped.
"""

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PIL import Image

DPI = 110
# A plot is some 700 pixels wide: more points than that are not seen, only drawn and sent.
MOST_POINTS = 700
SMOOTHING = 0.03
COLOURS = 128
BLUE, ORANGE, GREEN, GREY = "#3b6fb6", "#d2691e", "#1a8f3c", "#777777"


def empty_figure(height: float) -> Any:
    """An empty figure, eight inches wide and ``height`` high. A command that draws nothing does not load matplotlib."""
    from matplotlib.figure import Figure

    return Figure(figsize=(8, height), layout="constrained")


def loss_plot(
    train: Mapping[int, float],
    validation: Mapping[int, float],
    rate: Mapping[int, float],
    *,
    best: int | None,
    borders: Sequence[int],
) -> str:
    """Losses and the learning rate over optimizer steps; marked are the ``best``, and those after which it resumed."""
    figure = empty_figure(4)
    axes = figure.add_subplot()
    rates = axes.twinx()
    axes.set_zorder(rates.get_zorder() + 1)
    axes.patch.set_visible(False)
    rates.plot(*thinned(rate), color=GREY, linewidth=1.2, linestyle=":", label="learning rate")
    rates.set_ylabel("learning rate", color=GREY)
    rates.set_ylim(bottom=0)
    rates.locator_params(axis="y", nbins=4)
    rates.yaxis.set_major_formatter("{x:.3g}")
    axes.plot(*thinned(train), color=BLUE, alpha=0.35, linewidth=0.8, label="training loss, each step")
    axes.plot(*thinned(smoothed(train)), color=BLUE, linewidth=1.8, label="training loss, smoothed")
    if validation:
        axes.plot(*thinned(validation), "o-", color=ORANGE, markersize=4, label="validation loss")
    if best is not None and best in validation:
        axes.plot([best], [validation[best]], "*", color=GREEN, markersize=13, label=f"best step, {best:,}")
    for number, border in enumerate(dict.fromkeys(borders)):
        words = "resumed" if number == 0 else None
        axes.axvline(border + 0.5, color=GREY, linewidth=1, linestyle="--", label=words)
    axes.set_xlabel("optimizer step")
    axes.set_ylabel("loss in nats a token")
    axes.locator_params(axis="x", integer=True)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.grid(alpha=0.25)
    for side in (*axes.spines.values(), *rates.spines.values()):
        side.set_color("#bbbbbb")
    lines = [line for line in (*axes.get_lines(), *rates.get_lines()) if not str(line.get_label()).startswith("_")]
    names = [str(line.get_label()) for line in lines]
    figure.legend(lines, names, loc="outside upper center", ncols=3, fontsize=8.5, frameon=False)
    return image(figure, "loss and learning rate over the steps")


def smoothed(values: Mapping[int, float]) -> dict[int, float]:
    """An exponential mean over a small share of the steps, unbiased from the first on (Kingma and Ba 2015)."""
    keep = 1 - 1 / max(4.0, SMOOTHING * len(values))
    mean, weight, result = 0.0, 0.0, dict[int, float]()
    for step, value in values.items():
        mean, weight = keep * mean + (1 - keep) * value, keep * weight + (1 - keep)
        result[step] = mean / weight
    return result


def thinned(values: Mapping[int, float]) -> tuple[list[int], list[float]]:
    """Steps and values, at most MOST_POINTS: of each stretch the lowest and the highest, so that no peak goes."""
    steps, numbers = np.array(list(values)), np.array(list(values.values()))
    if len(steps) > MOST_POINTS:
        parts = np.array_split(np.arange(len(steps)), MOST_POINTS // 2)
        kept = [part[i] for part in parts for i in sorted({int(numbers[part].argmin()), int(numbers[part].argmax())})]
        steps, numbers = steps[kept], numbers[kept]
    return steps.tolist(), numbers.tolist()


def lengths_plot(counts: Sequence[int], limit: int) -> str:
    """How many rows have how many tokens, up to ``limit``."""
    figure = empty_figure(2.6)
    axes: Any = figure.add_subplot()
    width = limit / len(counts)
    axes.bar([(i + 0.5) * width for i in range(len(counts))], counts, width=width * 0.92, color=BLUE)
    axes.axvline(limit, color=ORANGE, linewidth=1, label=f"limit {limit:,}")
    axes.set_xlim(0, limit * 1.02)
    axes.set_xlabel("tokens of a row")
    axes.set_ylabel("rows")
    above(axes)
    return image(figure, "lengths of the training rows")


def tasks_plot(train: Mapping[str, int], validation: Mapping[str, int]) -> str:
    """Each task's share of the rows of both sides."""
    tasks = sorted({*train, *validation})
    figure = empty_figure(0.6 + 0.5 * len(tasks))
    axes: Any = figure.add_subplot()
    for offset, (name, counts, colour) in enumerate((("train", train, BLUE), ("validation", validation, "#c2571a"))):
        shares = [100 * counts.get(task, 0) / max(1, sum(counts.values())) for task in tasks]
        axes.barh([n + 0.4 * offset for n in range(len(tasks))], shares, height=0.36, color=colour, label=name)
    axes.set_yticks([n + 0.2 for n in range(len(tasks))], tasks)
    axes.set_xlabel("% of the rows")
    above(axes)
    return image(figure, "mix of tasks")


def above(axes: Any) -> None:
    """The legend over the plot, where it hides no bar."""
    axes.legend(fontsize=8, loc="lower right", bbox_to_anchor=(1, 1), ncols=3, frameon=False)


def image(figure: Any, words: str) -> str:
    """A figure as a Markdown image with its PNG inside, in few colours: a third of the bytes."""
    drawn, buffer = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", dpi=DPI)
    Image.open(drawn).convert("RGB").quantize(COLOURS).save(buffer, "PNG", optimize=True)
    return f"![{words}](data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()})"
