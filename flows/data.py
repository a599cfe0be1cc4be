"""`nyay data`: looking at records before anything is learned from them, and keeping them in versions."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows import versions
from flows.exits import COULD_NOT, exits_on_files
from flows.options import AsJson

if TYPE_CHECKING:
    from nyay_lib.config import PipelineConfig
    from nyay_lib.data.inspection import Inspection

app = typer.Typer(no_args_is_help=True)

for command in (versions.update, versions.report, versions.release, versions.forget, versions.trace):
    app.command()(command)


@app.callback()
def data() -> None:
    """Look at court records before anything is learned from them. Example: nyay data check data/training"""


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files of records, or folders of them.")],
    as_json: AsJson = False,
    config: Annotated[Path | None, typer.Option(help="Configuration with the base model and its length.")] = None,
) -> None:
    """Check every row and name the first thing that is wrong with it. Example: nyay data check data/training

    Exits with 0 if all rows were accepted and nothing leaks, with 1 if not, with 2 if it could not read.
    """
    with exits_on_files(COULD_NOT):
        raise SystemExit(_check(paths, as_json, config))


def _check(paths: list[Path], as_json: bool, config_file: Path | None) -> int:
    from nyay_lib.config import config_of

    found = _inspect(paths, config_of(config_file))
    if as_json:
        import json

        print(json.dumps(found.summary, ensure_ascii=False))
    else:
        _show(found)
    return 0 if found.is_clean else 1


def _inspect(paths: list[Path], config: "PipelineConfig") -> "Inspection":
    """The inspection, with the rows counted on stderr where someone may be watching."""
    from nyay_lib.data.inspection import inspect

    if not sys.stderr.isatty():
        return inspect(paths, config)
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed:,} rows"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        rows = progress.add_task("rows", total=None)
        return inspect(paths, config, lambda done: progress.update(rows, completed=done))


def _show(found: "Inspection") -> None:
    from rich.console import Console

    from nyay_lib.reports.inspection import inspection_tables

    console = Console()
    for part in inspection_tables(found):
        console.print(part)
