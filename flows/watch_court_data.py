"""New court data is looked for, and leads to a run when there is enough of it."""

from prefect import flow

from nyay_lib.config import PipelineConfig
from tasks.court_data import announce, look


@flow(name="watch-court-data")
def watch_court_data(config: PipelineConfig = PipelineConfig()) -> str:
    """Take complete files from data.incoming into a new version of the data set, and start a run if enough is new.

    Args:
        config: The configuration of the data set, and how many new cases are enough (retraining.new_cases).
    """
    return announce(config, look(config))
