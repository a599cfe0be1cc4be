"""The way back: an earlier release serves again."""

from prefect import flow

from flows.parameters import Reason, RunName
from nyay_lib.config import PipelineConfig
from nyay_lib.registry.rollback import Rollback
from tasks.registry import rollback


@flow(name="rollback-nyay")
def rollback_nyay(reason: Reason, run_id: RunName = "", config: PipelineConfig = PipelineConfig()) -> Rollback:
    """Put the release before the one in production back, in Ollama and in the files, within seconds.

    Args:
        reason: Why; it stays in the journal.
        run_id: A run that was in production once. Empty: the one before.
        config: The configuration that the releases were made with.
    """
    return rollback(config, run_id or None, reason)
