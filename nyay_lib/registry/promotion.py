"""Production by a person's word: what the verdict held back goes live, and who reads the journal sees why."""

from collections.abc import Sequence

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.evaluation.against_production import SAME
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.registry.client import Report
from nyay_lib.registry.finished import finished
from nyay_lib.registry.journal import Waiver, champion, journal_of
from nyay_lib.registry.release import Release, release
from nyay_lib.registry.standing import judged_elsewhere, judged_otherwise, waived
from nyay_lib.runs import RunDir


def promote(config: PipelineConfig, run: RunDir, waive: Sequence[str], reason: str, report: Report) -> Release:
    """Release a finished run without the rows ``waive`` of its verdict, as `nyay models promote` does.

    Raises RegistryError: the run is not finished, its verdict is on another file or against another model than serves
    now, or rows that hold it back are left; for a row that does not, or that nobody can waive; and as release does.
    """
    ready = finished(config, run)
    if why := judged_otherwise(run, ready.gguf):
        raise RegistryError(why)
    live = champion(journal_of(config))
    if live is not None and (why := judged_elsewhere(run, live)):
        raise RegistryError(why)
    waivers = [_waiver(ready.verdict, name, reason) for name in waive]
    known = {one.row for one in (*waivers, *waived(config, run, ready.gguf))}
    if left := [row.name for row in ready.verdict.blocking if row.name not in known]:
        named = " ".join(f"--waive {name!r}" for name in left)
        raise RegistryError(f"{run.run_id} is held back by its verdict; to release it all the same, add: {named}")
    return release(config, run, ready.gguf, ready.verdict, ready.chat, ready.licence, report, waivers)


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
