"""Who may reach the server, and what the server and its clients are told of it.

Passwords come from Prefect's own settings, in the shell, in ``.env`` or in a profile; they go on in the environment of
child processes, never as an argument, and the database's to the server alone.
"""

import ipaddress
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import httpx
import tenacity

from flows.options import HOST
from flows.server import HOME
from nyay_lib.errors import ServiceError

SERVER_PASSWORD, CLIENT_PASSWORD = "PREFECT_SERVER_API_AUTH_STRING", "PREFECT_API_AUTH_STRING"
DATABASE = "PREFECT_SERVER_DATABASE_CONNECTION_URL"
DRIVERS = ("postgresql+asyncpg://", "sqlite+aiosqlite://")
# What the server alone needs: a flow, and whatever it starts, is not to know it.
SERVERS_OWN = (SERVER_PASSWORD, "PREFECT_SERVER_DATABASE_", "PREFECT_API_DATABASE_")
# What the library finds amiss, such as a damaged file that is made again, is in the run's log. A thread beside the run
# has none to write to.
LIBRARY_LOG = {"PREFECT_LOGGING_EXTRA_LOGGERS": "nyay_lib", "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore"}
EVERYWHERE = {"0.0.0.0": HOST, "::": "::1"}  # noqa: S104 (where a client finds a server that listens everywhere)
ASK_SECONDS, BUSY_SECONDS = 20, 60
BUSY = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)
UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class Access:
    """Where the API is, and the secrets of whoever serves it or asks it."""

    api: str
    password: str | None = field(default=None, repr=False)
    database: str | None = field(default=None, repr=False)
    everywhere: bool = False

    @property
    def ui(self) -> str:
        return self.api.removesuffix("/api")

    def client_environment(self) -> dict[str, str]:
        """What prefect commands need to reach the server, whatever folder they run in."""
        told = _common() | LIBRARY_LOG | {"PREFECT_API_URL": self.api}
        own = {name: value for name, value in os.environ.items() if not name.startswith(SERVERS_OWN)}
        return own | told | ({CLIENT_PASSWORD: self.password} if self.password else {})

    def server_environment(self) -> dict[str, str]:
        """What the server needs."""
        secrets = {SERVER_PASSWORD: self.password, DATABASE: self.database, CLIENT_PASSWORD: self.password}
        told = _common() | {"PREFECT_API_URL": self.api}
        if self.everywhere:
            # For other machines this one's loopback is no address: their UI asks where it was loaded from.
            told["PREFECT_SERVER_UI_API_URL"] = "/api"
        return os.environ | told | {name: value for name, value in secrets.items() if value}

    def ask(self, method: str, path: str, value: Mapping[str, object] | None = None) -> httpx.Response:
        """Ask the API, again while it is busy. Raises ServiceError where nobody answers, or the password is refused.

        A server that has just started does at once what fell due while it was down, and its SQLite file has one writer.
        """
        again = tenacity.Retrying(
            retry=tenacity.retry_if_result(lambda told: told.status_code in BUSY),
            wait=tenacity.wait_exponential(multiplier=0.5, max=5),
            stop=tenacity.stop_after_delay(BUSY_SECONDS),
            retry_error_callback=lambda tried: tried.outcome and tried.outcome.result(),
        )
        request = {"json": value, "auth": self._pair(), "timeout": ASK_SECONDS, "trust_env": False}
        try:
            told: httpx.Response = again(httpx.request, method, f"{self.api}{path}", **request)
        except httpx.HTTPError as error:
            raise ServiceError(f"no server answers at {self.api} ({error}): is PREFECT_API_URL right?") from error
        if told.status_code == UNAUTHORIZED:
            raise ServiceError(f"the server at {self.api} wants another password: set {CLIENT_PASSWORD} as it has it")
        return told

    def _pair(self) -> tuple[str, str] | None:
        user, _, word = (self.password or "").partition(":")
        return (user, word) if self.password else None


def _common() -> dict[str, str]:
    return {
        "PREFECT_HOME": str(HOME.resolve()),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }


def to_own_server(host: str, port: int) -> Access:
    """The server that is to be started here.

    Raises ServiceError where other machines could reach it and no password is set.
    """
    from prefect.settings import get_current_settings

    server = get_current_settings().server
    password = server.api.auth_string.get_secret_value() if server.api.auth_string else None
    database = server.database.connection_url.get_secret_value() if server.database.connection_url else None
    require_password(host, password)
    require_known(database)
    return Access(f"http://{_in_url(EVERYWHERE.get(host, host))}:{port}/api", password, database, host in EVERYWHERE)


def to_other_server() -> Access:
    """The server that PREFECT_API_URL names. Raises ServiceError where it names none."""
    from prefect.settings import get_current_settings

    api = get_current_settings().api
    if not api.url:
        raise ServiceError("PREFECT_API_URL names no server: set it to http://ADDRESS:4200/api")
    return Access(api.url.rstrip("/"), api.auth_string.get_secret_value() if api.auth_string else None)


def require_password(host: str, password: str | None) -> None:
    """Raises ServiceError for an address that other machines reach where nobody is asked for a password."""
    if password is not None and ":" not in password:
        raise ServiceError(f"{SERVER_PASSWORD} is not NAME:PASSWORD, which is what Prefect takes")
    if is_loopback(host) or password:
        return
    raise ServiceError(
        f"--host {host} lets other machines start training and read every page, without a password: put "
        f"{SERVER_PASSWORD}=NAME:PASSWORD (and the same as {CLIENT_PASSWORD}) into .env, or leave --host away"
    )


def require_known(database: str | None) -> None:
    """Raises ServiceError for a database that Prefect's server does not know; what it was told may hold a password."""
    if database is not None and not database.startswith(DRIVERS):
        raise ServiceError(
            f"{DATABASE} begins with neither {' nor '.join(DRIVERS)}: write it as docs/operating.md has it"
        )


def is_loopback(host: str) -> bool:
    """Whether this machine alone reaches an address. Raises ServiceError for what is no IP address."""
    with suppress(ValueError):
        return ipaddress.ip_address(HOST if host == "localhost" else host).is_loopback
    raise ServiceError(f"--host {host!r} is no IP address: give one of this machine, such as {HOST}")


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
