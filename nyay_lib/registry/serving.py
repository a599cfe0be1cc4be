"""What serves is not made anew under its own name: that would go live unmeasured, past every gate."""

import json
from contextlib import suppress
from pathlib import Path

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.registry.history import lineage
from nyay_lib.registry.journal import journal_of, read
from nyay_lib.runs import RunDir

# Production, and what a rollback leads to.
SERVING = 2


def require_other_than_serves(config: PipelineConfig, run: RunDir, result: Path, inputs: str) -> None:
    """Raises RegistryError where a step made a run's files from something else than ``inputs``, and they serve.

    What is damaged may be made again of the same.
    """
    made = _inputs_of(result)
    serving = {entry.run_id for entry in lineage(read(journal_of(config)))[-SERVING:]}
    if run.run_id in serving and made not in (inputs, None):
        raise RegistryError(
            f"{run.run_id} is in production, or what a rollback leads to, and this version of the program would write "
            "other files over its own; leave run_id empty to start a new run"
        )


def _inputs_of(result: Path) -> str | None:
    """What a result was made from, read without its model: one of another version may have another form."""
    with suppress(FileNotFoundError, ValueError, KeyError):
        return str(json.loads(result.read_bytes())["inputs"])
    return None
