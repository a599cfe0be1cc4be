"""The page that ends a run: what was made, how long it took, and whether it went live."""

from collections.abc import Sequence

from nyay_lib.data.dataset import Dataset
from nyay_lib.evaluation.compare import Evaluation
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.model_files import Gguf
from nyay_lib.registry.release import Release
from nyay_lib.reports.page import Bytes, Cell, Page, grid, size
from nyay_lib.reports.room import Room, room_rows, room_text
from nyay_lib.reports.stages import Became, Stage, diagram, stages_grid
from nyay_lib.reports.verdict import headline, verdict_rows
from nyay_lib.results import Result
from nyay_lib.training import Adapter


def became(result: Result) -> Became:
    """What a result says of its step."""
    if isinstance(result, Release):
        return "promoted" if result.promoted else "held back"
    return "reused" if result.reused else "done"


def summary_page(
    stages: Sequence[Stage],
    data: Dataset,
    adapter: Adapter,
    evaluation: Evaluation,
    gguf: Gguf,
    verdict: Verdict,
    release: Release,
    room: Room,
) -> Page:
    """Steps with their durations and pages, the figures that matter, and the verdict."""
    figures: list[dict[str, Cell]] = [
        {"figure": "training rows", "value": data.train.rows},
        {"figure": "optimizer steps", "value": adapter.steps},
        {"figure": "validation loss of the base", "value": evaluation.base.loss},
        {"figure": "validation loss of the tuned model", "value": evaluation.tuned.loss},
        {"figure": "share by which it was lowered", "value": evaluation.improvement},
        {"figure": "ROUGE-L of the base", "value": evaluation.base.rouge_l},
        {"figure": "ROUGE-L of the tuned model", "value": evaluation.tuned.rouge_l},
        {"figure": "bytes of the shipped file", "value": Bytes(gguf.bytes)},
        {"figure": "promoted", "value": release.promoted},
        *room_rows(room),
    ]
    text = [
        f"# Run {release.run_id}",
        f"**{release.reason}** {headline(verdict)}",
        f"Tuning lowered the validation loss by **{evaluation.improvement:.1%}**, from {evaluation.base.loss:.3f} to "
        f"{evaluation.tuned.loss:.3f}. The shipped file has {size(gguf.bytes)}.",
        diagram(stages),
        stages_grid(stages),
        "## Figures",
        grid(figures),
        "## Verdict",
        grid(verdict_rows(verdict)),
        *room_text(room),
    ]
    return Page("\n\n".join(text), figures, release.reason)
