"""What `nyay up` does once an hour so that it can run for months: logs are cut, old flow runs go."""

import shutil
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.access import Access
from flows.server import HOME
from nyay_lib.config import PipelineConfig, RetentionConfig, load_config
from nyay_lib.errors import NyayError, ServiceError
from nyay_lib.logs import cut
from nyay_lib.retention import protected
from nyay_lib.sqlite_file import compact

EVERY_SECONDS = 60 * 60
CONFIG = Path("config/training_config.yaml")
WATCH = "/deployments/name/watch-court-data/local"
ENDED = ("COMPLETED", "FAILED", "CANCELLED", "CRASHED")
MIB = 2**20
LEAST_FREE = 1024 * MIB  # the database, its journal and the logs, until somebody looks


class Housekeeping:
    """Keeps a server's database and logs at a size that levels off; ``access`` is None beside a worker alone."""

    def __init__(self, access: Access | None) -> None:
        self.access, self._next = access, 0.0

    def keep(self) -> None:
        """Do what is due. A batch is a short call: what is left over is done the next time this is called."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY_SECONDS
        config = release_config()
        cut(HOME, config.retention.log_mib * MIB)
        _forget_results(HOME / "storage", config.retention)
        if self.access and remove_flow_runs(self.access, config):
            self._next = 0.0


def release_config() -> PipelineConfig:
    """How the release is configured: what is kept, and who is notified, holds for the server too."""
    return load_config(CONFIG) if CONFIG.exists() else PipelineConfig()


def require_room(folder: Path = HOME) -> None:
    """Raises ServiceError where the disk has no room for the server's own files."""
    if (free := shutil.disk_usage(folder).free) < LEAST_FREE:
        raise ServiceError(
            f"{folder.resolve()}: {free / MIB:,.0f} MiB are free, and database and logs need {LEAST_FREE / MIB:,.0f}: "
            "make room, for instance in runs/ (see `retention` in the configuration)"
        )


def compact_database() -> int:
    """Give back what was deleted, before the server opens its database; returns bytes."""
    return compact(HOME / "prefect.db")


def remove_flow_runs(access: Access, config: PipelineConfig) -> int:
    """Remove one batch of flow runs that ended long ago, those of production and its predecessor aside.

    Logs go with them; artifacts without a flow run are removed by Prefect's own service, once a day. Returns how many.
    """
    keep, watch = _of_production(access, protected(config)), _watching(access)
    removed = _remove(access, config.retention.flow_run_days, {"id": {"not_any_": keep}} if keep else {})
    if watch:
        removed += _remove(access, config.retention.tick_days, {"deployment_id": {"any_": [watch]}})
    return removed


def _of_production(access: Access, run_ids: tuple[str, ...]) -> list[str]:
    """The flow runs that made these runs."""
    if not run_ids:
        return []
    tags = {"any_": [f"run:{run_id}" for run_id in run_ids]}
    return [str(one["id"]) for one in _asked(access, "/flow_runs/filter", {"flow_runs": {"tags": tags}})]


def _watching(access: Access) -> str | None:
    """The deployment whose flow runs only look, some hundred a day."""
    told = access.ask("GET", WATCH)
    return str(told.json()["id"]) if told.is_success else None


def _remove(access: Access, days: int, which: Mapping[str, Any]) -> int:
    before = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    wanted = {"state": {"type": {"any_": list(ENDED)}}, "end_time": {"before_": before}, **which}
    return len(_asked(access, "/flow_runs/bulk_delete", {"flow_runs": wanted})["deleted"])


def _asked(access: Access, path: str, value: Mapping[str, Any]) -> Any:
    told = access.ask("POST", path, value)
    if told.is_error:
        raise NyayError(f"the server at {access.api} refused {path} with {told.status_code}: {told.text[:200]}")
    return told.json()


def _forget_results(storage: Path, retention: RetentionConfig) -> None:
    """What flows kept to be suspended and resumed."""
    limit = time.time() - retention.flow_run_days * 24 * 60 * 60
    for path in storage.glob("*") if storage.is_dir() else ():
        if path.is_file() and path.stat().st_mtime < limit:
            path.unlink(missing_ok=True)
