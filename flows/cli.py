"""The command line. Each command imports what it needs when it runs, so that --help is there at once."""

import os
from pathlib import Path
from typing import Annotated

import typer

from flows import data, models, review, service
from flows.exits import COULD_NOT, exits
from flows.options import HOST, PORT, AsJson, Config, Host, Machine, Port, WorkerOnly

app = typer.Typer(
    help="Fine-tune, measure and release a legal language model on this machine.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: rich alone takes a second to load
)


app.add_typer(data.app, name="data")
app.add_typer(models.app, name="models")
app.add_typer(review.app, name="review")
app.add_typer(service.app, name="service")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"nyay {version('nyay')}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
]


@app.callback()
def nyay(version: Version = False) -> None:
    """Fine-tune, measure and release a legal language model on this machine."""
    os.environ.setdefault("DO_NOT_TRACK", "1")  # Prefect's library reports to its makers otherwise


@app.command()
def up(
    port: Port = PORT,
    host: Host = HOST,
    worker_only: WorkerOnly = False,
    machine: Machine = None,
) -> None:
    """Start server, UI, worker and deployments; Ctrl-C ends them. Example: nyay up"""
    from flows.up import run

    with exits():
        run(port, host, machine, worker_only=worker_only)


@app.command()
def train(
    config: Annotated[Path | None, typer.Option(help="Configuration; empty: that of train-nyay/local.")] = None,
    resume: Annotated[str | None, typer.Option(metavar="RUN", help="A run to come back to, or to go on with.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object at the end and nothing else.")] = False,
) -> None:
    """Start a run on the server of `nyay up` and follow it. Example: nyay train --config config/demo.yaml

    Ctrl-C asks whether to leave it running, cancel it, or go on watching; without a terminal it is left running. Exits
    with 0 if the model went live, with 1 if the run failed or was cancelled, with 2 if it could not be started, with 3
    if the model was held back, with 130 if it was left running.
    """
    from flows.train import run

    with exits(COULD_NOT):
        raise SystemExit(run(config, resume, as_json=as_json))


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="What you want to know.")] = None,
    file: Annotated[Path | None, typer.Option(help="A judgment, .txt or .pdf; - reads standard input.")] = None,
    via: Annotated[str, typer.Option(help="gguf, mlx, ollama, or the address of a server.")] = "gguf",
    run: Annotated[str | None, typer.Option(help="Run whose model answers; empty: production, else newest.")] = None,
    max_tokens: Annotated[int, typer.Option(help="Longest answer in tokens.", min=1)] = 400,
    config: Config = None,
) -> None:
    """Stream an answer. Example: nyay ask "Was bail granted, and why?" --file judgment.pdf

    A judgment that is too long is shortened as in training; what is left out, and what the answer names without
    support in the judgment, is said on stderr.
    """
    from flows.ask import answer

    with exits():
        answer(question, file, via, run, max_tokens, config)


@app.command()
def serve(
    run: Annotated[str | None, typer.Option(help="Run whose model is served; empty: production, else newest.")] = None,
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.", min=0, max=65535)] = 8080,
    host: Annotated[str, typer.Option(help="Address of this machine that is listened on.")] = HOST,
    to_network: Annotated[
        bool, typer.Option("--to-network", help="Let other machines ask, without a password.")
    ] = False,
    config: Config = None,
) -> None:
    """Serve a model over HTTP in OpenAI's form; Ctrl-C ends it. Example: nyay serve --port 8080

    It answers /v1/chat/completions (also streaming), /v1/models and /health, with the budget of training.
    """
    from flows.serve import run as run_server

    with exits():
        run_server(run, host, port, config, to_network=to_network)


@app.command()
def plan(
    config: Annotated[Path | None, typer.Option(help="Configuration of the run that is planned.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what a run will take: time, memory, disk, nights. Example: nyay plan --config config/training_config.yaml

    Exits with 0 if it fits this machine and sees every row, with 1 if not, with 2 if it could not be planned.
    """
    from flows.plan import run

    with exits(COULD_NOT):
        raise SystemExit(run(config, as_json=as_json))


@app.command()
def doctor(
    config: Annotated[Path | None, typer.Option(help="Configuration of the run that the machine is to do.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with this machine and how to mend it. Example: nyay doctor --config config/demo.yaml

    Exits with 0 if nothing is broken, with 1 if something is, with 2 if it could not look.
    """
    from flows.doctor import run

    with exits(COULD_NOT):
        raise SystemExit(run(config, as_json=as_json))


if __name__ == "__main__":
    app()
