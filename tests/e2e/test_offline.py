"""With the base in the cache nothing needs the network, and nothing asks for it."""

from pathlib import Path

import pytest

from nyay_lib.base_model.tiny import make_tiny
from tests.e2e.conftest import FinishedRun
from tests.e2e.workspace import Workspace
from tests.nyay_lib.base_model.hub_server import COMMIT, TOKEN, HubServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
NAME = "lawyers/tiny"
FETCH = """
import pathlib, sys
from nyay_lib.base_model import fetch_source
from nyay_lib.config import ModelConfig
fetch_source(ModelConfig(name=sys.argv[1]), pathlib.Path(sys.argv[2]), lambda done, total: None)
"""


def test_server_worker_and_a_run_of_an_embedded_base_want_nothing_outside(
    workspace: Workspace, finished: FinishedRun
) -> None:
    assert finished.command.returncode == 0
    assert workspace.wanted_outside() == ""


def test_a_run_of_a_base_from_the_hub_goes_its_whole_way_once_the_hub_is_gone(
    workspace: Workspace, tmp_path: Path
) -> None:
    make_tiny(tmp_path / "tiny")
    with HubServer() as hub:
        hub.add(NAME, tmp_path / "tiny")
        fetched = workspace.python(
            "-c", FETCH, NAME, "cache", HF_ENDPOINT=hub.address, HF_TOKEN=TOKEN, NO_PROXY="127.0.0.1"
        )
        assert fetched.returncode == 0, fetched.stderr
    flow_run = workspace.start("offline", config=workspace.config(model={"name": NAME}))
    end = workspace.end_of(flow_run)
    assert end.name == "Completed", end.message
    assert COMMIT in workspace.markdown(flow_run, "download-base")
    assert workspace.wanted_outside() == ""
