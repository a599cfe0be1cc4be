"""How this project's server keeps the leases of its concurrency limits; prefect.toml names this module.

On disk: a server that was killed finds them again, and frees the slots of those that nobody renews, so that no limit
is held for ever.
"""

from datetime import timedelta
from uuid import UUID

from prefect.server.concurrency.lease_storage.filesystem import ConcurrencyLeaseStorage as OnDisk


class ConcurrencyLeaseStorage(OnDisk):
    """A lease that ran out gives its slot back, and does not end the run that held it.

    Prefect ends a flow run whose lease is gone. But all leases run out while a laptop sleeps, and a run that wakes up
    is to go on: that no two train at once is then the lock's care (nyay_lib.run_lock).
    """

    async def renew_lease(self, lease_id: UUID, ttl: timedelta) -> bool:
        await super().renew_lease(lease_id, ttl)
        return True
