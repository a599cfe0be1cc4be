"""Plots as Markdown images: the Prefect UI shows PNG from a data: address, and neither files nor SVG.

Figures and axes are ``Any``: matplotlib leaves its keyword arguments untyped.
"""

import base64
import io
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

DPI = 110


def loss_plot(train: Mapping[int, float], validation: Mapping[int, float], rate: Mapping[int, float]) -> str:
    """Training and validation loss and the learning rate over optimizer steps."""
    figure = Figure(figsize=(8, 3.6), layout="constrained")
    axes: Any = figure.add_subplot()
    axes.plot(list(train), list(train.values()), color="#3b6fb6", label="training loss")
    if validation:
        axes.plot(list(validation), list(validation.values()), "o-", color="#c2571a", label="validation loss")
    axes.set_xlabel("optimizer step")
    axes.set_ylabel("nats a token")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(alpha=0.25)
    rates = axes.twinx()
    rates.plot(list(rate), list(rate.values()), color="#888888", linewidth=0.9, linestyle=":", label="learning rate")
    rates.set_ylabel("learning rate")
    rates.set_ylim(bottom=0)
    lines = [*axes.get_lines(), *rates.get_lines()]
    axes.legend(lines, [str(line.get_label()) for line in lines], loc="upper right", fontsize=8)
    return image(figure, "loss and learning rate over the steps")


def lengths_plot(counts: Sequence[int], limit: int) -> str:
    """How many rows have how many tokens, up to ``limit``."""
    figure = Figure(figsize=(8, 2.6), layout="constrained")
    axes: Any = figure.add_subplot()
    width = limit / len(counts)
    axes.bar([(i + 0.5) * width for i in range(len(counts))], counts, width=width * 0.92, color="#3b6fb6")
    axes.axvline(limit, color="#c2571a", linewidth=1, label=f"limit {limit:,}")
    axes.set_xlabel("tokens of a row")
    axes.set_ylabel("rows")
    axes.legend(fontsize=8)
    return image(figure, "lengths of the training rows")


def image(figure: Any, words: str) -> str:
    """A figure as a Markdown image with its PNG inside."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    return f"![{words}](data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()})"
