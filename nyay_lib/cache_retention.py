"""What stays of what runs share: whatever a run may still need, and for some weeks everything.

Models that were downloaded always stay, so that nothing needs the network again. What else lies here can be made again
from them and from the records, to the bit.
"""

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from nyay_lib.config import PipelineConfig
from nyay_lib.data.version import MANIFEST, home, versions_of
from nyay_lib.disk_use import size_of
from nyay_lib.files import remove_folder
from nyay_lib.lines import appending
from nyay_lib.retention import Removed, What, protected
from nyay_lib.review.closing import is_asked_about
from nyay_lib.run_lock import nobody_else
from nyay_lib.runs import RunDir

DAY_SECONDS = 24 * 60 * 60
DIGITS = "[0-9a-f]{16}"
# What a run that goes on reads again, and what it would make anew in minutes to hours.
OF_OPEN_RUNS: Mapping[str, What] = {
    "dataset": "data set",
    "answers": "answers",
    "losses": "answers",
    "compared": "answers",
}
# What takes long to make: a run of any age may be started again by its name.
OF_ALL_RUNS: Mapping[str, What] = {"base": "quantised base", "base-file": "base for comparison"}
RECORD = "removed.jsonl"


def tidy_cache(config: PipelineConfig, run: RunDir, now: float | None = None) -> list[Removed]:
    """Remove of the cache, and of the versions of the data set, what no run needs; returns what went.

    Nothing goes within ``retention.cache_days``, and nothing while another process is at work on any run.
    """
    days = config.retention.cache_days
    if days is None or not _alone(_runs(config), run):
        return []
    limit = (now or time.time()) - days * DAY_SECONDS
    removed = [_remove(what, path, run) for what, path in unneeded(config, run) if _last_written(path) < limit]
    if removed:
        with appending(config.paths.cache / RECORD) as append:
            append(one.model_dump(mode="json") for one in removed)
    return removed


def unneeded(config: PipelineConfig, run: RunDir) -> list[tuple[What, Path]]:
    """What no run needs at the end of ``run``: no version that any run was made from, nor the newest, is among it."""
    runs = _runs(config)
    return [*_of_cache(config, run, runs), *_of_versions(config, runs)]


def _runs(config: PipelineConfig) -> list[RunDir]:
    return [RunDir(path.parent) for path in config.paths.runs.resolve().glob("*/config.json")]


def _alone(runs: Iterable[RunDir], run: RunDir) -> bool:
    """Whether no other process is at work on any of the runs, and could be about to use what is here."""
    for other in runs:
        if other.root != run.root:
            with nobody_else(other.lock) as alone:
                if not alone:
                    return False
    return True


def _of_cache(config: PipelineConfig, run: RunDir, runs: list[RunDir]) -> Iterator[tuple[What, Path]]:
    """What no run refers to that could go on with it."""
    safe = protected(config)
    open_runs = [one for one in runs if _is_open(one, run, safe)]
    for kinds, users in ((OF_OPEN_RUNS, open_runs), (OF_ALL_RUNS, runs)):
        needed = _named(users)
        for path in sorted(config.paths.cache.resolve().glob("*")):
            found = re.fullmatch(f"(.+)-{DIGITS}", path.name)
            if found and found[1] in kinds and path.is_dir() and path.name not in needed:
                yield kinds[found[1]], path


def _is_open(one: RunDir, run: RunDir, safe: Iterable[str]) -> bool:
    """Whether the run may go on: it has no end yet, ends now, serves, or is being judged by lawyers."""
    unfinished = not one.manifest.exists() or one.root == run.root
    return unfinished or one.run_id in safe or is_asked_about(one, datetime.now(UTC))


def _named(runs: Iterable[RunDir]) -> set[str]:
    """Every name of a folder of the cache, and every version, that stands in what the steps of these runs wrote."""
    named: set[str] = set()
    for run in runs:
        for path in (run.config, *run.root.glob("jobs/**/*.json")):
            text = path.read_text(encoding="utf-8", errors="replace")
            named |= set(re.findall(rf"[a-z-]+-{DIGITS}\b", text)) | set(re.findall(rf"\b{DIGITS}", text))
    return named


def _of_versions(config: PipelineConfig, runs: list[RunDir]) -> Iterator[tuple[What, Path]]:
    """Versions that no run was made from, the newest aside."""
    root, needed = home(config), _named(runs)
    for version in versions_of(config)[:-1]:
        folder = root / version.name
        if version.name not in needed and (folder / MANIFEST).exists():
            yield "data version", folder


def _last_written(folder: Path) -> float:
    """When anything in the folder was last written."""
    return max((path.lstat().st_mtime for path in (folder, *folder.rglob("*"))), default=0.0)


def _remove(what: What, path: Path, run: RunDir) -> Removed:
    size = size_of(path)
    remove_folder(path)
    # A base says what it is beside its folder.
    path.with_name(f"{path.name}.json").unlink(missing_ok=True)
    return Removed(run_id=path.name, what=what, bytes=size, removed_by=run.run_id, time=datetime.now(UTC))
