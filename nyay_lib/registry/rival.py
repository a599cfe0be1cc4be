"""The model that a new one has to beat."""

from nyay_lib.config import PipelineConfig
from nyay_lib.evaluation.judging import Rival
from nyay_lib.export.model_files import Gguf
from nyay_lib.registry.journal import journal_of, read
from nyay_lib.runs import RunDir


def rival(config: PipelineConfig, run: RunDir) -> Rival | None:
    """The model that was last promoted, other than of ``run`` itself.

    A run that is repeated after it went live is judged against the one that it replaced, as it was the first time.
    """
    promoted = [e for e in read(journal_of(config)) if e.event == "promoted" and e.run_id != run.run_id]
    if not promoted:
        return None
    other = RunDir.at(config.paths.runs, promoted[-1].run_id)
    try:
        path = Gguf.model_validate_json(other.result("quantize").read_bytes()).path
    except FileNotFoundError:
        return Rival(other.run_id, None)
    return Rival(other.run_id, path if path.exists() else None)
