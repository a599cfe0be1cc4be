"""Who may reach the server: others only with a password, which no log and no flow gets to see."""

from pathlib import Path

import pytest
import yaml

from flows.access import Access, is_loopback, require_known, require_password
from flows.machines import environment_of, machine_name, make_queue
from nyay_lib.errors import ServiceError
from tests.nyay_lib.loopback import Handler, Loopback

OPEN = ("0.0.0.0", "::", "10.0.0.1", "192.168.1.7", "fe80::1")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_this_machine_alone_needs_no_password(host: str) -> None:
    assert is_loopback(host)
    require_password(host, None)


@pytest.mark.parametrize("host", OPEN)
def test_others_need_one(host: str) -> None:
    with pytest.raises(ServiceError, match=r"without a password: put PREFECT_SERVER_API_AUTH_STRING=NAME:PASSWORD"):
        require_password(host, None)
    require_password(host, "admin:hush")


def test_what_is_no_address_or_no_password_is_named_and_the_password_not_shown() -> None:
    with pytest.raises(ServiceError, match="'my-mac' is no IP address"):
        require_password("my-mac", None)
    with pytest.raises(ServiceError, match="not NAME:PASSWORD") as refused:
        require_password("10.0.0.1", "hush")
    assert "hush" not in str(refused.value)


def test_a_database_that_is_not_known_is_refused_without_a_word_of_its_address() -> None:
    for known in (None, "postgresql+asyncpg://nyay:hush@127.0.0.1/nyay", "sqlite+aiosqlite:////tmp/prefect.db"):
        require_known(known)
    with pytest.raises(ServiceError, match=r"begins with neither postgresql\+asyncpg:// nor") as refused:
        require_known("postgresql://nyay:hush@127.0.0.1/nyay")
    assert "hush" not in str(refused.value)


def test_the_servers_secrets_stay_with_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", "postgresql://nyay:hush@127.0.0.1/nyay")
    monkeypatch.setenv("PREFECT_API_DATABASE_CONNECTION_URL", "postgresql://nyay:hush@127.0.0.1/nyay")
    access = Access("http://127.0.0.1:4200/api", "admin:word", "postgresql://nyay:hush@127.0.0.1/nyay")
    server, client = access.server_environment(), access.client_environment()
    assert server["PREFECT_SERVER_DATABASE_CONNECTION_URL"] == access.database
    assert (server["PREFECT_SERVER_API_AUTH_STRING"], client["PREFECT_API_AUTH_STRING"]) == ("admin:word", "admin:word")
    assert "hush" not in "".join(client.values()) and "hush" not in repr(access) and "word" not in repr(access)
    assert server["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false" and client["DO_NOT_TRACK"] == "1"


def test_a_machine_has_a_name_that_queues_can_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.node", lambda: "Asha's MacBook-Pro.local")
    assert machine_name(None) == "asha-s-macbook-pro" and machine_name("mac-2") == "mac-2"
    for wrong in ("", "Mac", "a b", "default", "-a"):
        with pytest.raises(ServiceError, match="is not a name"):
            machine_name(wrong)
    assert environment_of("mac-2", "gpu-mac-2")["NYAY_GPU_LIMIT"] == "gpu-mac-2"


def test_where_nobody_answers_it_is_said() -> None:
    with pytest.raises(ServiceError, match=r"no server answers at http://127.0.0.1:1/api .*is PREFECT_API_URL right"):
        Access("http://127.0.0.1:1/api").ask("GET", "/health")


def test_postgresql_in_a_container_is_there_for_this_machine_alone_and_not_without_a_password() -> None:
    composed = yaml.safe_load((Path(__file__).resolve().parents[2] / "deployments/compose.yaml").read_text())
    postgres = composed["services"]["postgres"]
    assert all(port.startswith("127.0.0.1:") for port in postgres["ports"])
    assert postgres["environment"]["POSTGRES_PASSWORD"].startswith("${NYAY_POSTGRES_PASSWORD:?")
    assert postgres["volumes"][0].split(":")[0] in composed["volumes"]


def test_a_server_that_is_busy_for_a_moment_is_asked_again() -> None:
    """As one is that has just started: its database has one writer, and much has fallen due."""
    codes = iter([503, 503, 201])
    asked: list[bytes] = []

    class Busy(Handler):
        def serve(self) -> None:
            asked.append(self.body())
            self.answer(next(codes), b"{}")

    with Loopback(Busy) as server:
        make_queue(Access(f"{server.address}/api"), "mac")
    assert len(asked) == 3 and len(set(asked)) == 1
