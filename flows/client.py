"""A client of a Prefect server, with the password where the server asks for one."""

from prefect.client.orchestration import SyncPrefectClient
from prefect.settings import get_current_settings


def client_of(api: str) -> SyncPrefectClient:
    """``api`` is the address of the server's API."""
    password = get_current_settings().api.auth_string
    return SyncPrefectClient(api, auth_string=password.get_secret_value() if password else None)
