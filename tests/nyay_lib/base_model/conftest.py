"""A tiny model folder, and a hub on loopback that the environment points at."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from huggingface_hub import close_session, constants

from nyay_lib.base_model import download
from nyay_lib.base_model.tiny import make_tiny
from tests.nyay_lib.base_model.hub_server import HubServer


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete model folder; tests copy it before they change it."""
    folder = tmp_path_factory.mktemp("tiny") / "model"
    make_tiny(folder)
    return folder


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[HubServer]:
    """An empty hub; nobody is logged in, and waiting takes no time."""
    for name in ("HF_TOKEN", "HF_HUB_OFFLINE", "HF_OIDC_RESOURCE", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
    monkeypatch.setattr(download, "WAIT_SECONDS", (0.0, 0.0, 0.0))
    close_session()  # the client keeps the proxies of the time when it was made
    with HubServer() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.address)
        yield server
    close_session()
