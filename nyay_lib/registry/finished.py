"""A run that came to its verdict, read back from its folder."""

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.base_model.tokenizer import vocabulary
from nyay_lib.config import PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.model_files import Gguf
from nyay_lib.prompt import chat_format
from nyay_lib.registry.candidate import Candidate
from nyay_lib.results import Result
from nyay_lib.runs import RunDir

T = TypeVar("T", bound=Result)


def finished(config: PipelineConfig, run: RunDir) -> Candidate:
    """All that a finished run is released from. Raises RegistryError if a step is missing, or of another version."""
    gguf, base = _read(Gguf, run, run.result("quantize")), _read(Base, run, run.result("download-base"))
    verdict = _read(Verdict, run, run.verdict)
    return Candidate(config, run, gguf, verdict, chat_format(vocabulary(base.folder)), base.licence)


def require_run(config: PipelineConfig, run_id: str) -> RunDir:
    """The folder of a run that is on the disk. Raises RegistryError, ConfigError."""
    run = RunDir.at(config.paths.runs, run_id)
    if not run.config.exists():
        raise RegistryError(f"{run.root}: there is no such run; `ls {config.paths.runs}` names them")
    return run


def _read(kind: type[T], run: RunDir, path: Path) -> T:
    try:
        return kind.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise RegistryError(
            f"{path}: is not there, so {run.run_id} is not finished; run it to its end first"
        ) from error
    except ValidationError as error:
        raise RegistryError(f"{path}: is of another version of this program; run {run.run_id} again") from error
