"""The pages that say what a model is worth: base against tuned, and the verdict on its release."""

from collections.abc import Sequence

from nyay_lib.evaluation.compare import Evaluation, Sample
from nyay_lib.evaluation.verdict import Outcome, Verdict
from nyay_lib.registry.release import Release
from nyay_lib.reports.page import Cell, Page, figures_page, grid, quote
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


def release_page(release: Release, verdict: Verdict) -> Page:
    text = ["# Release", f"**{release.reason}**", "## Verdict", f"{headline(verdict)}", grid(verdict_rows(verdict))]
    facts: dict[str, Cell] = {
        "run": release.run_id,
        "tag": release.tag or "none",
        "registered": release.registered,
        "promoted": release.promoted,
        "replaced": release.replaced or "nothing",
        "sha256": release.sha256,
    }
    page = figures_page("facts", facts)
    return Page(
        "\n\n".join([*text, page.markdown.replace("# facts", "## Facts")]),
        [*page.table, *_verdict_table(verdict)],
        release.reason,
    )


def headline(verdict: Verdict) -> str:
    """The verdict in one sentence."""
    if verdict.passed:
        return "Every required row passed."
    names = ", ".join(f"{row.name} ({row.outcome})" for row in verdict.blocking)
    return f"Held back by: {names}."


def verdict_rows(verdict: Verdict) -> list[dict[str, Cell]]:
    return [
        {
            "row": row.name,
            "kind": "required" if row.required else "advisory",
            "target": row.target,
            "measured": row.measured,
            "outcome": str(row.outcome).upper() if row.required or row.outcome is not Outcome.PASS else "MET",
            "reason": row.reason,
        }
        for row in verdict.rows
    ]


def _verdict_table(verdict: Verdict) -> list[dict[str, Cell]]:
    return [{"figure": row.name, "value": f"{row.outcome}: {row.measured or row.reason}"} for row in verdict.rows]
