"""`nyay review`: a model's answers before lawyers who work without the UI."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.exits import exits
from flows.options import Config

if TYPE_CHECKING:
    from nyay_lib.evaluation.review import Review
    from nyay_lib.runs import RunDir

app = typer.Typer(no_args_is_help=True)

Run = Annotated[str, typer.Argument(help="The run whose answers are judged.")]


@app.callback()
def review() -> None:
    """Have lawyers judge a model's answers, in a spreadsheet. Example: nyay review export RUN answers.csv"""


@app.command("export")
def export_file(
    run: Run,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The file to write.")],
    answers: Annotated[int | None, typer.Option(help="How many; empty: review.answers.", min=1)] = None,
    config: Config = None,
) -> None:
    """Write blind answers to a CSV file for a lawyer. Example: nyay review export RUN answers.csv

    Each with its question and judgment. The lawyer says yes or no in each of the columns a_accuracy to b_clarity; rows
    may stay empty.
    """
    with exits():
        print(_export(_found(run, config), file, answers))


@app.command("import")
def import_file(
    run: Run,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The file that was filled in.")],
    config: Config = None,
) -> None:
    """Take what a file says; once all is in, the verdict follows. Example: nyay review import RUN answers.csv

    All of a file is taken, or nothing. Rows that say nothing yet are left open. What a file says of an answer takes the
    place of what was said before.
    """
    with exits():
        print(_import(_found(run, config), file))


def _found(run_id: str, config_file: Path | None) -> "RunDir":
    from nyay_lib.config import config_of
    from nyay_lib.runs import RunDir

    return RunDir.at(config_of(config_file).paths.runs, run_id)


def _export(run: "RunDir", file: Path, answers: int | None) -> str:
    from datetime import UTC, datetime

    from nyay_lib.review.opening import open_review
    from nyay_lib.review.opinions import open_sheets, read_opinions
    from nyay_lib.review.table import write_table

    opened = open_review(run, answers, None, datetime.now(UTC))
    write_table(file, opened, read_opinions(run))
    return (
        f"{file}: {len(opened.sheets)} questions, {len(open_sheets(run, opened))} of them open, until "
        f"{opened.deadline:%Y-%m-%d %H:%M %Z}; fill in the columns a_accuracy to b_clarity with yes or no, "
        f"then `nyay review import {run.run_id} {file}`"
    )


def _import(run: "RunDir", file: Path) -> str:
    from nyay_lib.review.closing import close_review, count_review, require_opened
    from nyay_lib.review.opinions import keep, open_sheets
    from nyay_lib.review.table import read_table

    opened = require_opened(run)
    read = read_table(file, opened)
    new = keep(run, read)
    said = f"{file}: {len(read)} rows are filled in, {new} of them new; {count_review(run, opened).progress}"
    if left := open_sheets(run, opened):
        return f"{said}; open: {', '.join(sheet.id for sheet in left)}"
    return f"{said}\n{_conclude(run, close_review(run, opened))}"


def _conclude(run: "RunDir", review: "Review") -> str:
    from rich.console import Console

    from flows.plan import follow
    from nyay_lib.review.conclusion import conclude

    with Console(stderr=True).status("judging anew") as status:
        released = follow(conclude(run), status.update)
    approved, judged = review.count()
    return f"{approved} of {judged} answers are approved\n{released.run_id}: {released.reason}"
