"""Why a model does not go live: what its verdict or first question showed, or where production stands by now."""

from collections.abc import Container, Sequence

from nyay_lib.config import PipelineConfig
from nyay_lib.evaluation.report import Report
from nyay_lib.evaluation.verdict import Row, Verdict
from nyay_lib.export.gguf_header import weights_digest
from nyay_lib.export.model_files import Gguf
from nyay_lib.registry.candidate import Candidate
from nyay_lib.registry.history import lineage, rolled_back, unfinished
from nyay_lib.registry.journal import Entry, Waiver, journal_of, read
from nyay_lib.registry.registering import Served
from nyay_lib.runs import RunDir


def faults(candidate: Candidate, served: Served) -> list[str]:
    """What speaks against the model itself."""
    return [*served.faults, *_verdict_faults(candidate.verdict, {one.row for one in candidate.waivers})]


def held(candidate: Candidate, served: Served, entries: Sequence[Entry]) -> str | None:
    """Why a good model does not go live: production moved on since, or it is Ollama's and Ollama is not there."""
    line = lineage(entries)
    if not line or candidate.is_in(line[-1]):
        return None
    live = line[-1]
    if live.tag is not None and served.tag is None:
        return f"Ollama serves {live.tag}, and files and Ollama change together"
    if any(entry.is_switch and candidate.is_in(entry) for entry in entries):
        return f"it was in production before, and {live.run_id} has taken its place since{_way_back(candidate.run)}"
    if (taken := rolled_back(entries)) and (rollback := taken.get(weights_digest(candidate.gguf.path))):
        back = f"{rollback.replaced} was rolled back ({'; '.join(rollback.reasons)})"
        return f"{back}, and this is the same model{_way_back(RunDir.at(candidate.run.root.parent, rollback.run_id))}"
    return judged_elsewhere(candidate.run, live)


def judged_elsewhere(run: RunDir, live: Entry) -> str | None:
    """In words: a run was judged against another model than is in production now."""
    try:
        against = Report.model_validate_json(run.report.read_bytes()).production_run
    except FileNotFoundError:
        return None
    if live.run_id in (run.run_id, against):
        return None
    judged = f"against {against}" if against else "when nothing was in production"
    return (
        f"{run.run_id} was judged {judged}, but {live.run_id} is in production now; "
        f"`nyay train --resume {run.run_id}` measures it against that"
    )


def judged_otherwise(run: RunDir, gguf: Gguf) -> str | None:
    """In words: a run's verdict is not on the file that it exported last."""
    judged = (
        Report.model_validate_json(run.report.read_bytes()).files.get("this model") if run.report.exists() else None
    )
    if judged is not None and judged.sha256 == gguf.sha256:
        return None
    return (
        f"{run.run_id} has a verdict on another file than {gguf.path.name}, which it exported since; "
        f"`nyay train --resume {run.run_id}` measures that"
    )


def waived(config: PipelineConfig, run: RunDir, gguf: Gguf) -> list[Waiver]:
    """What was waived when this very model went live, for which it holds for ever, or is about to.

    One of a promotion that was undone is no word on what the next verdict is held against.
    """
    entries = read(journal_of(config))
    begun = unfinished(entries)
    counted = (entry for entry in entries if entry.is_switch or entry == begun)
    return [waiver for entry in counted if entry.is_of(run.run_id, gguf.sha256) for waiver in entry.waivers]


def _verdict_faults(verdict: Verdict, waived: Container[str]) -> list[str]:
    if not any(row.required for row in verdict.rows):
        return ["its verdict has no required row"]
    return [fault_of(row) for row in verdict.blocking if row.name not in waived]


def fault_of(row: Row) -> str:
    """Why a required row holds a model back: what was measured, against what, and over what."""
    found = f"{row.measured}, wanted {row.target}; " if row.measured else ""
    return f"{row.name} {row.outcome}: {found}{row.reason}"


def _way_back(run: RunDir) -> str:
    return f"; to bring it back: nyay models rollback {run.run_id} --reason WHY"
