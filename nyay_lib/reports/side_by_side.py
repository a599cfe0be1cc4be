"""One question, answered by the base and by the tuned model, with the references that the judgment does not support."""

from collections.abc import Iterator
from pathlib import Path

from rich.panel import Panel
from rich.text import Text

from nyay_lib.data.whole import read_whole
from nyay_lib.evaluation.grounding import Grounding, check_grounding
from nyay_lib.evaluation.sheets import SHEETS, Sheet
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.reports.verdict import headline
from nyay_lib.runs import RunDir

BASE, TUNED = "base", "tuned"

# Of an answer that seems clean a reader should know what nobody looked at.
UNCHECKED = "Names of persons and courts are not checked."


def side_by_side(run: RunDir, validation: Path, verdict: Verdict) -> Iterator[Panel]:
    """The question whose answers name the most, since there is the most to check; below it what the gate says.

    Answers are those that the verdict rests on: of the files in the form that is shipped, drawn as they are served.
    ``validation`` is the file of whole records.
    """
    sources = {record.id: record.input for record in read_whole(validation)}
    sheets = SHEETS.validate_json(run.sheets.read_bytes())
    sheet = max(sheets, key=lambda one: (named(one, sources[one.id]), one.rouge_l, one.id))
    yield Panel(Text(sheet.question), title=f"One question of {len(sheets)}: {sheet.id}", title_align="left")
    for title, answer in ((BASE, sheet.others.get("base", "")), (TUNED, sheet.answer)):
        yield answered(title, answer, grounding(sheet, answer, sources[sheet.id]))
    yield Panel(Text(sheet.reference), title="Reference", title_align="left", style="dim")
    style = "green" if verdict.passed else "bold red"
    yield Panel(Text(headline(verdict), style=style), title="The gate's verdict", title_align="left")


def named(sheet: Sheet, source: str) -> int:
    """How many references both answers name."""
    answers = (sheet.others.get("base", ""), sheet.answer)
    return sum(len(grounding(sheet, answer, source).classes) for answer in answers)


def grounding(sheet: Sheet, answer: str, source: str) -> Grounding:
    return check_grounding(answer, source, sheet.question, sheet.reference)


def answered(title: str, answer: str, found: Grounding) -> Panel:
    """An answer, and below it what it names without support."""
    style = "bold red" if found.unsupported else "dim"
    body = Text.assemble(answer.strip() or "(nothing)", "\n\n", (support(found), style))
    return Panel(body, title=title.capitalize(), title_align="left")


def support(found: Grounding) -> str:
    """What an answer names, and what of it stands nowhere in the judgment."""
    if found.no_references:
        return f"It names no reference that could be looked for. {UNCHECKED}"
    count = len(found.classes)
    if not found.unsupported:
        return f"All it names stands in the judgment ({count}). {UNCHECKED}"
    return f"NOT SUPPORTED by the judgment, {len(found.unsupported)} of {count}: {listed(found)}"


def listed(found: Grounding) -> str:
    return "; ".join(f"{one.kind} {one.canonical}" for one in found.unsupported)
