"""A review ends: the key is put to what was said, for the verdict to read; and the run whose turn it is."""

from datetime import datetime
from pathlib import Path

import pydantic

from nyay_lib.errors import ConfigError, EvaluationError
from nyay_lib.evaluation.report import Who
from nyay_lib.evaluation.review import Review, Reviewed, read_review
from nyay_lib.export.model_files import Gguf
from nyay_lib.files import write_text
from nyay_lib.review.opening import Key, Opened, opened, read_key
from nyay_lib.review.opinions import Opinion, open_sheets, read_opinions
from nyay_lib.runs import RunDir

OURS: Who = "this model"


def count_review(run: RunDir, opening: Opened) -> Review:
    """What was said so far, with whose answer it was said of."""
    keys, said = read_key(run), read_opinions(run)
    judged = [(sheet.task_type, keys[sheet.id], said[sheet.id]) for sheet in opening.sheets if sheet.id in said]
    others = {keys[sheet.id].b if keys[sheet.id].a == OURS else keys[sheet.id].a for sheet in opening.sheets}
    return Review(
        answers=tuple(_reviewed(task, key, opinion, ours=True) for task, key, opinion in judged),
        others=tuple(_reviewed(task, key, opinion, ours=False) for task, key, opinion in judged),
        other=", ".join(sorted(others)),
        asked=len(opening.sheets),
        deadline=opening.deadline,
        sha256=opening.sha256,
    )


def close_review(run: RunDir, opening: Opened) -> Review:
    """Write the review for the verdict, finished or not."""
    review = count_review(run, opening)
    write_text(run.review, review.model_dump_json(indent=2) + "\n")
    return review


def require_opened(run: RunDir) -> Opened:
    """The review that was opened. Raises EvaluationError where there is none."""
    if opening := opened(run):
        return opening
    raise EvaluationError(
        f"no review of run {run.run_id!r} was opened; start with `nyay review export {run.run_id} answers.csv`"
    )


def is_over(run: RunDir, opening: Opened, now: datetime) -> bool:
    """Whether nothing more is to be asked: all is judged, or the deadline has passed."""
    return now >= opening.deadline or not open_sheets(run, opening)


def is_asked_about(run: RunDir, now: datetime) -> bool:
    """Whether lawyers are being asked about a run, which may go live after that."""
    opening = opened(run)
    return opening is not None and not is_over(run, opening, now)


def find_run(runs: Path, run_id: str) -> RunDir:
    """The run of that name; without one the newest that waits for lawyers, else the newest that none has judged.

    Raises EvaluationError where there is none.
    """
    if run_id.strip():
        return RunDir.at(runs, run_id.strip())
    evaluated = [run for path in runs.resolve().glob("*") if (run := RunDir(path)).sheets.exists()]
    open_runs = [run for run in evaluated if not _is_judged(run)]
    if not open_runs:
        what = "all evaluated runs are judged" if evaluated else "no run was evaluated"
        raise EvaluationError(f"{runs}: {what}; name a run, or train one")
    return max(open_runs, key=lambda run: (_waits(run), run.result("quantize").stat().st_mtime))


def _is_judged(run: RunDir) -> bool:
    try:
        gguf = Gguf.model_validate_json(run.result("quantize").read_bytes())
    except (FileNotFoundError, pydantic.ValidationError):
        return True
    review = read_review(run, gguf.sha256)
    return review is not None and review.is_complete


def _waits(run: RunDir) -> bool:
    try:
        return run.read_config().review.binding
    except ConfigError:
        return False


def _reviewed(task: str, key: Key, opinion: Opinion, *, ours: bool) -> Reviewed:
    checks = opinion.a if (key.a == OURS) == ours else opinion.b
    return Reviewed(id=key.row, task_type=task, approved=checks.approved)
