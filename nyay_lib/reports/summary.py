"""The page that ends a run: what was made, how long it took, and whether it went live."""

from collections.abc import Mapping

from nyay_lib.data.dataset import Dataset
from nyay_lib.evaluation.compare import Evaluation
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.model_files import Gguf
from nyay_lib.registry.release import Release
from nyay_lib.reports.page import Cell, Page, duration, grid, size
from nyay_lib.reports.room import Room, room_rows, room_text
from nyay_lib.reports.verdict import headline, verdict_rows
from nyay_lib.results import Result
from nyay_lib.training import Adapter


def summary_page(
    steps: Mapping[str, Result],
    data: Dataset,
    adapter: Adapter,
    evaluation: Evaluation,
    gguf: Gguf,
    verdict: Verdict,
    release: Release,
    room: Room,
) -> Page:
    """Steps with their durations, the figures that matter, and the verdict."""
    figures: list[dict[str, Cell]] = [
        {"figure": "training rows", "value": data.train.rows},
        {"figure": "optimizer steps", "value": adapter.steps},
        {"figure": "validation loss of the base", "value": evaluation.base.loss},
        {"figure": "validation loss of the tuned model", "value": evaluation.tuned.loss},
        {"figure": "share by which it was lowered", "value": evaluation.improvement},
        {"figure": "ROUGE-L of the base", "value": evaluation.base.rouge_l},
        {"figure": "ROUGE-L of the tuned model", "value": evaluation.tuned.rouge_l},
        {"figure": "bytes of the shipped file", "value": gguf.bytes},
        {"figure": "promoted", "value": release.promoted},
        *room_rows(room),
    ]
    text = [
        f"# Run {release.run_id}",
        f"**{release.reason}** {headline(verdict)}",
        f"Tuning lowered the validation loss by **{evaluation.improvement:.1%}**, from {evaluation.base.loss:.3f} to "
        f"{evaluation.tuned.loss:.3f}. The shipped file has {size(gguf.bytes)}.",
        diagram(steps),
        grid(figures),
        "## Verdict",
        grid(verdict_rows(verdict)),
        *room_text(room),
    ]
    return Page("\n\n".join(text), figures, release.reason)


def diagram(steps: Mapping[str, Result]) -> str:
    """The steps in order with what each took, as a mermaid flowchart; seven side by side would be too small to read."""
    nodes = [
        f'    s{i}["{name}: {"reused" if step.reused else duration(step.seconds)}"]'
        for i, (name, step) in enumerate(steps.items())
    ]
    arrows = "    " + " --> ".join(f"s{i}" for i in range(len(steps)))
    settings = '%%{init: {"flowchart": {"rankSpacing": 16, "padding": 6}}}%%'
    return "\n".join(["```mermaid", settings, "flowchart TB", *nodes, arrows, "```"])
