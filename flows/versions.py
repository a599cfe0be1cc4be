"""The commands of `nyay data` that make and read versions of the data set."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.exits import exits_on_files

if TYPE_CHECKING:
    from nyay_lib.config import PipelineConfig

Config = Annotated[Path | None, typer.Option(help="Configuration that names the data set.")]
Reason = Annotated[str, typer.Option(help="Why, for whoever reads the decisions later.")]
Case = Annotated[str, typer.Argument(metavar="CNR", help="The case's number, as HCBM030212662025.")]


def update(config: Config = None) -> None:
    """Take what arrived in data.incoming and make the new version. Example: nyay data update"""
    _run(config, _update)


def report(config: Config = None) -> None:
    """Show the newest version: counts, reasons, drift, leaks. Example: nyay data report

    Markdown where the output goes into a file or a pipe.
    """
    _run(config, _report, show=show_page)


def release(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="FILENAME:LINE, or the row's digest.")],
    reason: Reason,
    config: Config = None,
) -> None:
    """Put quarantined rows back. Example: nyay data release train.jsonl:7 --reason "the name is the accused's" """
    _run(config, lambda loaded: _release(loaded, ids, reason))


def forget(cnr: Case, reason: Reason, config: Config = None) -> None:
    """Keep a case out of every later version. Example: nyay data forget HCBM030212662025 --reason "court's order" """
    _run(config, lambda loaded: _forget(loaded, cnr, reason))


def trace(cnr: Case, config: Config = None) -> None:
    """List the versions and releases that saw a case. Example: nyay data trace HCBM030212662025"""
    _run(config, lambda loaded: _trace(loaded, cnr))


def _run(
    config: Path | None, command: "Callable[[PipelineConfig], str]", show: "Callable[[str], None]" = print
) -> None:
    """Show what a command says."""
    from nyay_lib.config import config_of

    with exits_on_files():
        show(command(config_of(config)))


def show_page(markdown: str) -> None:
    """A page for whoever reads it: set out in a terminal, as it is elsewhere."""
    if not sys.stdout.isatty():
        print(markdown)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(markdown))


def _update(config: "PipelineConfig") -> str:
    from nyay_lib.data.versions import build_version
    from nyay_lib.reports.versions import news

    version = build_version(config)
    first = (
        f"nothing new: version {version.name} stands" if version.reused else f"version {version.name}: {news(version)}"
    )
    return "\n".join((first, *(f"waiting: {file}" for file in version.waiting)))


def _report(config: "PipelineConfig") -> str:
    from nyay_lib.base_model.on_disk import find_tokenizer
    from nyay_lib.data.keeping import require_version
    from nyay_lib.data.room import limits_with, room
    from nyay_lib.prompt import chat_format
    from nyay_lib.reports.versions import version_page

    version = require_version(config)
    name, tokenizer = find_tokenizer(config.model, config.paths.cache)
    files, limits = [version.train_file, version.validation_file], limits_with(config.training.max_seq_length)
    rooms = room(files, tokenizer, chat_format(tokenizer.get_vocab()), limits)
    return f"{version_page(version, rooms)}\nTokens are those of {name}."


def _release(config: "PipelineConfig", ids: list[str], reason: str) -> str:
    from nyay_lib.data.keeping import release_rows

    new = release_rows(config, ids, reason)
    known = len(ids) - len(new)
    lines = [f"{decision.row} is put back in every later version" for decision in new]
    return "\n".join([*lines, *([f"{known} rows were put back before"] if known else [])])


def _forget(config: "PipelineConfig", cnr: str, reason: str) -> str:
    from nyay_lib.data.keeping import forget_case
    from nyay_lib.reports.versions import forgotten_text

    return forgotten_text(forget_case(config, cnr, reason))


def _trace(config: "PipelineConfig", cnr: str) -> str:
    from nyay_lib.data.trace import trace as look
    from nyay_lib.reports.versions import trace_text

    return trace_text(look(config, cnr))
