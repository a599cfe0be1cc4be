"""Production by a person's word: what the verdict held back goes live, and who reads the journal sees why."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.base_model.tokenizer import vocabulary
from nyay_lib.config import PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.evaluation.against_production import SAME
from nyay_lib.evaluation.report import Report as Measured
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.model_files import Gguf
from nyay_lib.prompt import chat_format
from nyay_lib.registry.client import Report
from nyay_lib.registry.journal import Waiver, champion, journal_of
from nyay_lib.registry.release import Release, release, waived
from nyay_lib.results import Result
from nyay_lib.runs import RunDir

T = TypeVar("T", bound=Result)


def promote(config: PipelineConfig, run: RunDir, waive: Sequence[str], reason: str, report: Report) -> Release:
    """Release a finished run without the rows ``waive`` of its verdict, as `nyay models promote` does.

    Raises RegistryError: the run is not finished, was judged against another model than serves now, or rows that hold
    it back are left; for a row that does not, or that nobody can waive; and as release does.
    """
    gguf, base = _read(Gguf, run, run.result("quantize")), _read(Base, run, run.result("download-base"))
    verdict, measured = _read(Verdict, run, run.verdict), _read(Measured, run, run.report)
    _require_today(config, run, measured)
    waivers = [_waiver(verdict, name, reason) for name in waive]
    known = {one.row for one in (*waivers, *waived(config, run, gguf))}
    if left := [row.name for row in verdict.blocking if row.name not in known]:
        named = " ".join(f"--waive {name!r}" for name in left)
        raise RegistryError(f"{run.run_id} is held back by its verdict; to release it all the same, add: {named}")
    chat = chat_format(vocabulary(base.folder))
    return release(config, run, gguf, verdict, chat, base.licence, report, waivers)


def _read(kind: type[T], run: RunDir, path: Path) -> T:
    try:
        return kind.model_validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise RegistryError(
            f"{path}: is not there, so {run.run_id} is not finished; run it to its end first"
        ) from error


def _require_today(config: PipelineConfig, run: RunDir, measured: Measured) -> None:
    """The verdict must be on what it would replace."""
    live = champion(journal_of(config))
    if live is not None and live.run_id not in (run.run_id, measured.production_run):
        judged = f"against {measured.production_run}" if measured.production_run else "before there was one"
        raise RegistryError(
            f"{run.run_id} was judged {judged}, but {live.run_id} is in production now; "
            f"run it again with run_id={run.run_id}, which measures it against that"
        )


def _waiver(verdict: Verdict, name: str, reason: str) -> Waiver:
    """Raises RegistryError for a row that does not hold the model back, or that nobody can waive."""
    found = next((row for row in verdict.blocking if row.name == name), None)
    if found is None:
        holding = ", ".join(repr(row.name) for row in verdict.blocking) or "nothing"
        raise RegistryError(f"{name!r} does not hold the model back; what does: {holding}")
    if name == SAME:
        raise RegistryError(f"{name!r} cannot be waived: these weights are in production already")
    if not reason.strip():
        raise RegistryError("a waiver needs a reason, which is kept for ever: add --reason")
    return Waiver(row=name, outcome=str(found.outcome), reason=reason.strip())
