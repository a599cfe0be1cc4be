"""Install, remove, and tell how the service fares. Each may be asked for again at any time."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

from nyay_lib.errors import ServiceError
from nyay_lib.files import replacing
from nyay_lib.service.manager import Manager, State
from nyay_lib.service.unit import Service

LOG_BYTES = 64 << 10


def install(manager: Manager, service: Service) -> bool:
    """Write the file and start the service; whether there was anything to do.

    Raises ServiceError where another project is installed, or the manager refuses.
    """
    other = manager.project()
    if other is not None and other != service.project:
        raise ServiceError(f"{manager.path} runs {other}: a user has one service; call `nyay service remove` first")
    content = manager.render(service)
    if other is not None and manager.path.read_bytes() == content and manager.state().loaded:
        return False
    service.log.parent.mkdir(parents=True, exist_ok=True)
    with replacing(manager.path) as temporary:
        temporary.write_bytes(content)
    manager.start()
    return True


def remove(manager: Manager) -> bool:
    """End the service and remove its file; whether there was one. The project's logs stay."""
    loaded, there = manager.state().loaded, manager.path.exists()
    if loaded or there:
        manager.stop()
    if there:
        manager.path.unlink()
    if loaded or there:
        manager.forget()
    return loaded or there


@dataclass(frozen=True, slots=True)
class Status:
    """How the service fares, for a person."""

    project: Path | None
    state: State
    since: datetime | None
    log: list[str]
    warnings: list[str]

    @property
    def runs(self) -> bool:
        return self.state.loaded and self.since is not None


def status(manager: Manager, lines: int = 10) -> Status:
    """What is installed, whether it runs and since when, its last words, and what it should be warned of."""
    project, state = manager.project(), manager.state()
    log = Service(project, ()).log if project else None
    return Status(
        project=project,
        state=state,
        since=_since(state.pid),
        log=last_lines(log, lines) if log else [],
        warnings=manager.warnings(project) if project else [],
    )


def _since(pid: int | None) -> datetime | None:
    try:
        return datetime.fromtimestamp(psutil.Process(pid).create_time()).astimezone() if pid else None
    except psutil.NoSuchProcess:
        return None


def last_lines(path: Path, count: int) -> list[str]:
    """The end of a log that may be long."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - LOG_BYTES))
            return file.read().decode(errors="replace").splitlines()[-count:]
    except FileNotFoundError:
        return []
