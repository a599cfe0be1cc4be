"""Options that several commands take, and where the server listens unless one says otherwise."""

from pathlib import Path
from typing import Annotated

import typer

HOST, PORT = "127.0.0.1", 4200

Port = Annotated[int, typer.Option(help="Port of the server and its UI.", min=1, max=65535)]
Host = Annotated[str, typer.Option(help="Address that the server listens on; others need a password.")]
WorkerOnly = Annotated[
    bool, typer.Option("--worker-only", help="Only a worker, for the server that PREFECT_API_URL names.")
]
Machine = Annotated[str | None, typer.Option(help="Name of this machine; empty: its host name.")]
Config = Annotated[Path | None, typer.Option(help="Configuration whose folders are looked into.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
