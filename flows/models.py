"""`nyay models`: which models were released, which one serves, and by whose word."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.exits import exits_on_files
from flows.options import Config

if TYPE_CHECKING:
    from nyay_lib.config import PipelineConfig

app = typer.Typer(rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Reason = Annotated[str, typer.Option(help="Why, for whoever reads the journal later.")]


@app.callback(invoke_without_command=True)
def models(context: typer.Context, config: Config = None, as_json: Json = False) -> None:
    """List releases: verdict, digest, times in production. Example: nyay models --json"""
    if context.invoked_subcommand is None:
        _run(config, lambda loaded: _list(loaded, as_json))


@app.command()
def live(
    at: Annotated[str | None, typer.Option(help="A day, or a moment such as 2026-11-01T18:30; empty: now.")] = None,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Say what served then, in the zone of time.timezone. Example: nyay models live --at 2026-11-01

    Exits with 1 if nothing did.
    """
    _run(config, lambda loaded: _live(loaded, at, as_json))


@app.command()
def promote(
    run: Annotated[str, typer.Argument(help="The run whose model goes live.")],
    waive: Annotated[list[str] | None, typer.Option(help="A row of the verdict to let pass; may be repeated.")] = None,
    reason: Reason = "",
    config: Config = None,
) -> None:
    """Release a run that its verdict held back. Example: nyay models promote RUN --waive ROW --reason WHY"""
    _run(config, lambda loaded: _promote(loaded, run, waive or [], reason))


@app.command()
def rollback(
    run: Annotated[str | None, typer.Argument(help="A run that was in production once; empty: the one before.")] = None,
    reason: Reason = "",
    config: Config = None,
) -> None:
    """Put an earlier release back, in seconds. Example: nyay models rollback --reason "invents sections" """
    _run(config, lambda loaded: _roll_back(loaded, run, reason))


@app.command()
def verify(
    mend: Annotated[bool, typer.Option("--mend", help="First put links and tags that differ back.")] = False,
    as_json: Json = False,
    config: Config = None,
) -> None:
    """Compare what serves with the journal, and ask it. Example: nyay models verify --mend

    Finishes a promotion or rollback that was broken off. Exits with 1 if anything differs.
    """
    _run(config, lambda loaded: _verify(loaded, mend, as_json))


def _run(config: Path | None, command: "Callable[[PipelineConfig], tuple[str, int]]") -> None:
    """Print what a command says and exit with its code."""
    from nyay_lib.config import config_of

    with exits_on_files():
        text, code = command(config_of(config))
    print(text)
    raise SystemExit(code)


def _list(config: "PipelineConfig", as_json: bool) -> tuple[str, int]:
    import json
    from zoneinfo import ZoneInfo

    from nyay_lib.registry.listing import releases
    from nyay_lib.reports.releases import releases_text

    found = releases(config)
    if as_json:
        return json.dumps([one.model_dump(mode="json") for one in found], indent=2, ensure_ascii=False), 0
    return releases_text(found, ZoneInfo(config.time.timezone)), 0


def _live(config: "PipelineConfig", at: str | None, as_json: bool) -> tuple[str, int]:
    from zoneinfo import ZoneInfo

    from nyay_lib.registry.listing import live_at
    from nyay_lib.reports.releases import live_json, live_text

    found = live_at(config, at)
    zone = ZoneInfo(config.time.timezone)
    text = live_json(found, zone) if as_json else live_text(found, zone)
    return text or f"nothing was in production {f'at {at}' if at else 'until now'}", 0 if found else 1


def _promote(config: "PipelineConfig", run_id: str, waive: list[str], reason: str) -> tuple[str, int]:
    from nyay_lib.registry.finished import require_run
    from nyay_lib.registry.promotion import promote

    run = require_run(config, run_id)
    released = promote(run.read_config(), run, waive, reason, lambda done, total: None)
    return f"{released.run_id}: {released.reason}", 0 if released.promoted else 1


def _roll_back(config: "PipelineConfig", run_id: str | None, reason: str) -> tuple[str, int]:
    from nyay_lib.registry.rollback import roll_back
    from nyay_lib.reports.releases import rollback_text

    return rollback_text(roll_back(config, run_id, reason, lambda done, total: None)), 0


def _verify(config: "PipelineConfig", mend: bool, as_json: bool) -> tuple[str, int]:
    from nyay_lib.registry.verification import verify
    from nyay_lib.reports.releases import verification_text

    found = verify(config, mend=mend)
    text = found.model_dump_json(indent=2) if as_json else verification_text(found)
    return text, 1 if found.faults else 0
