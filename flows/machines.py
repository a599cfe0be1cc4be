"""Several machines behind one server: each has a queue and a training limit of its own."""

import platform
import re
from pathlib import Path

from flows.access import Access
from nyay_lib.errors import ServiceError

# Where a run goes that no machine has begun; every worker looks there.
ANY_QUEUE = "default"
POOL = "nyay"
LIMIT = "gpu"
NOT_FOUND, CONFLICT = 404, 409


def machine_name(given: str | None) -> str:
    """The machine's name, as queues and tags have it. Raises ServiceError for one that is no plain name."""
    if given is None:
        return re.sub(r"[^a-z0-9]+", "-", platform.node().split(".")[0].lower()).strip("-") or "machine"
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", given) or given == ANY_QUEUE:
        raise ServiceError(f"--machine {given!r} is not a name: use lower-case letters, digits and hyphens")
    return given


def environment_of(name: str, limit: str) -> dict[str, str]:
    """What the flows of a machine go by."""
    return {"NYAY_MACHINE": name, "NYAY_GPU_LIMIT": limit, "NYAY_PROJECT": str(Path.cwd())}


def worker_arguments(name: str) -> list[str]:
    """A worker takes what any machine may do, and what must be done on its own."""
    return ["worker", "start", "--pool", POOL, "--work-queue", ANY_QUEUE, "--work-queue", name]


def make_pool(access: Access) -> None:
    """The pool of all machines. Its worker says how a process is started, so nobody has to be asked for it here."""
    _make(access, "/work_pools/", {"name": POOL, "type": "process"})


def make_queue(access: Access, name: str) -> None:
    """The queue of a machine, where runs wait that have begun on it."""
    _make(access, f"/work_pools/{POOL}/queues", {"name": name, "description": f"Runs that began on {name}"})


def make_limit(access: Access, limit: str) -> None:
    """One training at a time on a machine."""
    _make(access, "/v2/concurrency_limits/", {"name": limit, "limit": 1})


def _make(access: Access, path: str, value: dict[str, object]) -> None:
    """Make something unless it is there."""
    told = access.ask("POST", path, value)
    if told.status_code == NOT_FOUND:
        raise ServiceError(
            f"the server at {access.api} has no work pool {POOL!r}: start `nyay up` on its machine first"
        )
    # A redirection has made nothing either.
    if not told.is_success and told.status_code != CONFLICT:
        raise ServiceError(f"the server at {access.api} refused {path} with {told.status_code}: {told.text[:200]}")
