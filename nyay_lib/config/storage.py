"""Folders that runs write to, and how long what lies there stays."""

from pathlib import Path

from pydantic import Field, NonNegativeInt, PositiveInt

from nyay_lib.config.section import Section


class PathsConfig(Section):
    """Folders that runs write to, relative to the project."""

    runs: Path = Field(default=Path("runs"), description="A folder for each run")
    cache: Path = Field(default=Path("cache"), description="What runs share: base models, data sets, answers")
    models: Path = Field(default=Path("models"), description="Links to the release in production, and the journal")


class RetentionConfig(Section):
    """What stays of runs, of what they share, and of the server's records.

    Production and its predecessor stay whole and are not counted here. Counts are of the other runs, the newest first.
    Reports and results of all runs stay.
    """

    merged: NonNegativeInt = Field(
        default=1, description="Runs whose merged model, F16 file and checkpoints stay; older ones can be made again"
    )
    gguf: NonNegativeInt = Field(default=4, description="Runs whose shipped GGUF file stays")
    adapters: NonNegativeInt | None = Field(default=None, description="Runs whose adapter stays; empty: all")
    cache_days: NonNegativeInt | None = Field(
        default=30,
        description="Days that data sets, answers, quantised bases and data versions stay after no run needs them; "
        "empty: for ever",
    )
    flow_run_days: PositiveInt = Field(
        default=90,
        description="Days that the server keeps a flow run with its logs and pages; those of production stay",
    )
    tick_days: PositiveInt = Field(default=7, description="The same for flow runs that only looked for new court data")
    log_mib: PositiveInt = Field(default=20, description="MiB at which a log in .prefect is cut; one older part stays")
