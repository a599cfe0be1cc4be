"""The model that a new one has to beat."""

from nyay_lib.config import PipelineConfig
from nyay_lib.evaluation.judging import Rival
from nyay_lib.registry.history import lineage
from nyay_lib.registry.journal import journal_of, read
from nyay_lib.registry.production import GGUF
from nyay_lib.registry.switching import folder_of
from nyay_lib.runs import RunDir


def rival(config: PipelineConfig, run: RunDir) -> Rival | None:
    """The model in production or, if that is ``run`` itself, the one that it came after.

    A run that is repeated after it went live is judged against the one that it replaced, as it was the first time.
    """
    others = [entry for entry in lineage(read(journal_of(config))) if entry.run_id != run.run_id]
    if not others:
        return None
    live = others[-1]
    path = (folder_of(config, live) / GGUF).resolve()
    return Rival(live.run_id, path if path.exists() else None, live.sha256)
