"""The answers of the shipped file, the worst first, with the references that nothing supports."""

from collections.abc import Sequence

from nyay_lib.evaluation.sheets import Sheet
from nyay_lib.reports.page import Cell, Page, quote

SHOWN = 4
LONGEST = 500
# An artifact takes about a megabyte, and such a row up to three kilobytes.
ROWS = 300


def sheets_page(sheets: Sequence[Sheet]) -> Page:
    """The worst in full, all in the table."""
    bad = sum(bool(sheet.unsupported) for sheet in sheets)
    gist = f"{bad:,} of {len(sheets):,} answers name something that nothing supports"
    text = ["# Answers, the worst first", f"{gist}. All of them, searchable, in `samples-table`."]
    rows = [_row(place, sheet) for place, sheet in enumerate(sheets[:ROWS], start=1)]
    return Page("\n\n".join([*text, *(_in_full(sheet) for sheet in sheets[:SHOWN])]), rows, gist)


def _row(place: int, sheet: Sheet) -> dict[str, Cell]:
    return {
        "place": place,
        "id": sheet.id,
        "task": sheet.task_type,
        "unsupported": ", ".join(sheet.unsupported),
        "references": sheet.references,
        "right in law": "nobody knows" if sheet.right is None else "yes" if sheet.right else "no",
        "why": sheet.reason,
        "ROUGE-L": round(sheet.rouge_l, 3),
        "ended": sheet.ended,
        "answer": _short(sheet.answer),
        "reference answer": _short(sheet.reference),
        "question": _short(sheet.question),
    }


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + " [...]"


def _in_full(sheet: Sheet) -> str:
    named = ", ".join(f"`{one}`" for one in sheet.unsupported) or "none"
    told = "nobody knows whether it is right" if sheet.right is None else "right" if sheet.right else "wrong"
    parts = [("This model", sheet.answer), *((who.capitalize(), text) for who, text in sheet.others.items())]
    parts.append(("Reference", sheet.reference))
    return "\n\n".join(
        [
            f"## {sheet.id}, {sheet.task_type}",
            quote(sheet.question),
            f"Unsupported: {named}. In law {told}: {sheet.reason}.",
            *(f"**{name}**\n\n{quote(text)}" for name, text in parts),
        ]
    )
