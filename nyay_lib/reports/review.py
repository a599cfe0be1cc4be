"""What a lawyer reads: one question with the judgment and two answers, and what came of a review."""

from nyay_lib.evaluation.review import Review
from nyay_lib.reports.page import Cell, Page, grid, literal
from nyay_lib.review.opening import BlindSheet, Opened
from nyay_lib.review.opinions import CHECKS

# An artifact takes about a megabyte, and escapes make a text longer.
LONGEST = 200_000
TASKS = {
    "outcome_analysis": "analysis of the outcome",
    "summarization": "summary",
    "info_extraction": "extraction of facts",
    "research_qa": "answer to a question",
}


def sheet_page(opening: Opened, sheet: BlindSheet) -> Page:
    """A sheet in full; nothing on it tells whose answer is whose."""
    gist = f"question {_number(opening, sheet)} of {len(opening.sheets)}"
    head = f"# {gist.capitalize()}: {TASKS.get(sheet.task_type, sheet.task_type)}"
    rows: list[dict[str, Cell]] = [{"check": name.replace("_", " "), "holds if": told} for name, told in CHECKS.items()]
    text = [head, _until(opening), *_parts(sheet), "## What to check in each answer", grid(rows)]
    return Page("\n\n".join(text), rows, gist)


def form_text(opening: Opened, sheet: BlindSheet, page: str) -> str:
    """The same for the head of the form, where ``page`` is the address of the page."""
    gist = f"**Question {_number(opening, sheet)} of {len(opening.sheets)}**: {TASKS.get(sheet.task_type, '')}."
    where = f"[The same in a wide window]({page})."
    return "\n\n".join([f"{gist} {_until(opening)} {where}", *_parts(sheet)])


def review_page(review: Review) -> Page:
    """What came of it: how many answers of each model were approved, by task."""
    approved, judged = review.count()
    gist = review.progress if not review.is_complete else f"{approved} of {judged} answers approved"
    tasks = sorted({answer.task_type for answer in review.answers})
    rows = [_counted(review, task) for task in (None, *tasks)]
    end = f"Asked until {review.deadline:%Y-%m-%d %H:%M %Z}." if review.deadline else ""
    note = "" if review.is_complete else "Until every answer is judged, human approval is NOT MEASURED."
    text = ["# Review by lawyers", f"**{gist}.** {end} {note}", grid(rows)]
    return Page("\n\n".join(text), rows, gist)


def _counted(review: Review, task: str | None) -> dict[str, Cell]:
    approved, judged = review.count(task)
    others = [one.approved for one in review.others if task in (None, one.task_type)]
    return {
        "task": task or "all",
        "judged": judged,
        "approved of this model": approved,
        f"approved of {review.other or 'the other'}": sum(others),
    }


def _number(opening: Opened, sheet: BlindSheet) -> int:
    return opening.sheets.index(sheet) + 1


def _until(opening: Opened) -> str:
    return (
        "Two models answered, in an order drawn by lot. Judge each answer by itself, against the judgment. "
        f"Open until {opening.deadline:%Y-%m-%d %H:%M %Z}."
    )


def _parts(sheet: BlindSheet) -> list[str]:
    words = len(sheet.judgment.split())
    judgment = (
        f"<details open><summary>The judgment, {words:,} words</summary>\n\n{whole(sheet.judgment)}\n\n</details>"
    )
    same = ["*Both answers are the same, word for word.*"] if sheet.answer_a == sheet.answer_b else []
    return [
        "### The question",
        whole(sheet.question),
        judgment if sheet.judgment else "There is no judgment: the question stands alone.",
        "### Answer A",
        whole(sheet.answer_a),
        "### Answer B",
        whole(sheet.answer_b),
        *same,
    ]


def whole(text: str) -> str:
    """A text in full, each line a line, none of it read as Markdown or HTML; a quotation would be set in italics."""
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}\n[cut here; all of it is in the exported file]"
    return "\n".join(f"{literal(line)}  " for line in shown.strip().splitlines() or ["(nothing was answered)"])
