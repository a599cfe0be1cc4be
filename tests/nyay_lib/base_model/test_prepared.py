"""The base as it is trained on: made once, whatever the name under which its weights came."""

from pathlib import Path

from nyay_lib.base_model.prepared import BaseModel, find_prepared, prepare
from nyay_lib.config import ModelConfig
from nyay_lib.jobs import finish
from tests.nyay_lib.base_model.hub_server import COMMIT, HubServer

NAME = "nyay/tiny"


def prepared(name: str, folder: Path) -> BaseModel:
    return finish(prepare(ModelConfig(name=name), folder / "cache", folder / "job", lambda done, total: None))


def test_weights_that_came_under_two_names_are_quantised_once_and_told_by_the_name_asked_for(
    hub: HubServer, tiny: Path, tmp_path: Path
) -> None:
    hub.add(NAME, tiny)
    local = prepared(str(tiny), tmp_path)
    fetched = prepared(NAME, tmp_path)
    assert fetched.reused and (fetched.folder, fetched.digest) == (local.folder, local.digest)
    assert (local.name, local.revision) == (str(tiny), None)
    assert (fetched.name, fetched.revision, fetched.licence) == (NAME, COMMIT, "llama3.2")
    assert fetched.source != local.source
    assert find_prepared(ModelConfig(name=NAME), tmp_path / "cache") == fetched.model_copy(update={"reused": False})
