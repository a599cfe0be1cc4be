"""The steps of a run in order: what became of each, how long it took, and where its pages are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nyay_lib.reports.page import Cell, duration, grid

Became = Literal["done", "reused", "promoted", "held back", "failed", "stopped", "not reached"]
STEPS = ("preflight", "download-base", "convert", "train", "evaluate", "fuse", "quantize", "register")
# Fill and border, for the light and the dark dress of the UI alike; words on them are black.
COLOURS: dict[Became, tuple[str, str]] = {
    "done": ("#d3ecd6", "#1a8f3c"),
    "reused": ("#e3e9f2", "#3b6fb6"),
    "promoted": ("#9fdca9", "#1a8f3c"),
    "held back": ("#fbe3c0", "#d2691e"),
    "failed": ("#f6c6c4", "#b3261e"),
    "stopped": ("#fbe3c0", "#d2691e"),
    "not reached": ("#eeeeee", "#777777"),
}
# Boxes below one another: eight side by side would be too small to read.
SETTINGS = '%%{init: {"flowchart": {"rankSpacing": 16, "padding": 6}}}%%'


@dataclass(frozen=True, slots=True)
class Stage:
    """A step. ``seconds`` is None where nothing was timed; ``pages`` are the addresses of its pages by their keys."""

    name: str
    became: Became
    seconds: float | None
    pages: dict[str, str]

    @property
    def took(self) -> str:
        return "" if self.seconds is None or self.became in ("reused", "not reached") else duration(self.seconds)


def diagram(stages: Sequence[Stage]) -> str:
    """The steps with what became of them, as a mermaid flowchart."""
    nodes = [f'    s{i}["{_words(stage)}"]:::{_style(stage.became)}' for i, stage in enumerate(stages)]
    arrows = "    " + " --> ".join(f"s{i}" for i in range(len(stages)))
    return "\n".join(["```mermaid", SETTINGS, "flowchart TB", *nodes, arrows, *_styles(stages), "```"])


def _words(stage: Stage) -> str:
    return f"{stage.name}: {', '.join(words for words in (stage.became, stage.took) if words)}"


def _style(became: Became) -> str:
    return became.replace(" ", "_")


def _styles(stages: Sequence[Stage]) -> list[str]:
    used: dict[Became, tuple[str, str]] = {stage.became: COLOURS[stage.became] for stage in stages}
    return [f"    classDef {_style(b)} fill:{fill},stroke:{line},color:#000" for b, (fill, line) in used.items()]


def stages_grid(stages: Sequence[Stage]) -> str:
    """The same as a table, with the way to every page."""
    return grid(
        [
            {"step": stage.name, "became": stage.became, "took": stage.took, "pages": _links(stage.pages)}
            for stage in stages
        ]
    )


def _links(pages: dict[str, str]) -> str:
    return ", ".join(f"[{key}]({path})" for key, path in pages.items())


def stage_rows(stages: Sequence[Stage]) -> list[dict[str, Cell]]:
    """For the table: seconds at full precision."""
    return [{"figure": f"{stage.name}: {stage.became}", "value": stage.seconds} for stage in stages]
