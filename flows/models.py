"""`nyay models`: which model serves, by a person's word."""

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Decide which model serves.", no_args_is_help=True)


@app.callback()
def models() -> None:
    """Decide which model serves."""


@app.command()
def promote(
    run: Annotated[str, typer.Argument(help="The run whose model goes live.")],
    waive: Annotated[list[str] | None, typer.Option(help="A row of the verdict to let pass; may be repeated.")] = None,
    reason: Annotated[str, typer.Option(help="Why, for whoever reads the journal later.")] = "",
    config: Annotated[Path | None, typer.Option(help="Configuration whose folders are looked into.")] = None,
) -> None:
    """Release a run that its verdict held back. Example: nyay models promote RUN --waive ROW --reason WHY"""
    from nyay_lib.errors import NyayError

    try:
        print(_promote(run, waive or [], reason, config))
    except NyayError as error:
        print(f"nyay: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _promote(run_id: str, waive: list[str], reason: str, config_file: Path | None) -> str:
    from nyay_lib.config import PipelineConfig, load_config
    from nyay_lib.errors import RegistryError
    from nyay_lib.registry.promotion import promote
    from nyay_lib.runs import RunDir

    config = load_config(config_file) if config_file else PipelineConfig()
    run = RunDir.at(config.paths.runs, run_id)
    if not run.config.exists():
        raise RegistryError(f"{run.root}: there is no such run; `ls {config.paths.runs}` names them")
    own = PipelineConfig.model_validate_json(run.config.read_bytes())
    released = promote(own, run, waive, reason, lambda done, total: None)
    return f"{released.run_id}: {released.reason}"
