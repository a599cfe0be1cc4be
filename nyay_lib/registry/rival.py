"""The model that a new one has to beat."""

from nyay_lib.config import PipelineConfig
from nyay_lib.evaluation.judging import Rival
from nyay_lib.export.model_files import Gguf
from nyay_lib.registry.history import lineage
from nyay_lib.registry.journal import journal_of, read
from nyay_lib.runs import RunDir


def rival(config: PipelineConfig, run: RunDir) -> Rival | None:
    """The model in production or, if that is ``run`` itself, the one that it came after.

    A run that is repeated after it went live is judged against the one that it replaced, as it was the first time.
    """
    others = [entry for entry in lineage(read(journal_of(config))) if entry.run_id != run.run_id]
    if not others:
        return None
    other, sha256 = RunDir.at(config.paths.runs, others[-1].run_id), others[-1].sha256
    try:
        path = Gguf.model_validate_json(other.result("quantize").read_bytes()).path
    except FileNotFoundError:
        return Rival(other.run_id, None, sha256)
    return Rival(other.run_id, path if path.exists() else None, sha256)
