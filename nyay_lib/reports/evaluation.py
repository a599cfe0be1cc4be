"""The page of the early comparison: base against tuned, in MLX and greedy."""

from collections.abc import Sequence

from nyay_lib.evaluation.compare import Evaluation, Sample
from nyay_lib.reports.page import Cell, Page, grid, quote
from nyay_lib.reports.steps import how_made

SHOWN_SAMPLES = 4


def evaluation_page(evaluation: Evaluation, samples: Sequence[Sample]) -> Page:
    base, tuned = evaluation.base, evaluation.tuned
    rows: list[dict[str, Cell]] = [
        {"metric": "validation loss", "base": base.loss, "tuned": tuned.loss},
        {"metric": "perplexity", "base": base.perplexity, "tuned": tuned.perplexity},
        {"metric": "ROUGE-L", "base": base.rouge_l, "tuned": tuned.rouge_l},
        {"metric": "tokens a second", "base": base.tokens_per_second, "tuned": tuned.tokens_per_second},
    ]
    words = (
        f"Loss over the answers of all {tuned.rows} validation rows; the rest over {tuned.answers} greedy answers. "
        f"Tuning lowered the validation loss by **{evaluation.improvement:.1%}**. {how_made(evaluation)}"
    )
    text = ["# Base against tuned", words, grid(rows), "## Side by side, the worst tuned answer first"]
    gist = f"validation loss {base.loss:.3f} to {tuned.loss:.3f}"
    return Page("\n\n".join([*text, *(side_by_side(sample) for sample in samples[:SHOWN_SAMPLES])]), rows, gist)


def side_by_side(sample: Sample) -> str:
    """One question with the reference and both answers."""
    answers = (
        ("Reference", sample.reference),
        (f"Base, ROUGE-L {sample.base_rouge_l:.2f}", sample.base),
        (f"Tuned, ROUGE-L {sample.tuned_rouge_l:.2f}", sample.tuned),
    )
    parts = [f"**{name}**\n\n{quote(text)}" for name, text in answers]
    return "\n\n".join([f"### {sample.id}, {sample.task_type}", quote(sample.question), *parts])
