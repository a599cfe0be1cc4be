"""A server that has started is made ready for work: its automations, and the truth about runs that were left behind."""

from collections.abc import Iterator
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient

from flows.automations import automations, renew
from flows.housekeeping import release_config
from flows.left_behind import settle
from flows.notices import find_block
from nyay_lib.errors import ConfigError, NyayError


def make_ready(client: SyncPrefectClient, machine: str) -> Iterator[str]:
    """Ready a server before this machine's worker starts; yields what a person should know of it.

    Raises ConfigError for a configuration that cannot be read, NyayError when the server refuses.
    """
    block = release_config().notify.block
    try:
        yield from notify(client, block)
        yield from settle(client, machine)
    except httpx.HTTPError as error:
        raise NyayError(f"the server could not be made ready: {error}; see .prefect/server.log") from error


def notify(client: SyncPrefectClient, block: str | None) -> Iterator[str]:
    """Renew the automations; yields why nobody is notified where somebody should be."""
    found: UUID | None = None
    try:
        found = find_block(client, block) if block else None
    except ConfigError as error:
        yield str(error)
    renew(client, automations(found))
