"""Secrets in the environment stay there: none is in a run's folder, a log, an artifact or the database."""

import pytest

from tests.e2e.conftest import SECRET, FinishedRun
from tests.e2e.workspace import Workspace

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def test_planted_secrets_are_in_no_file_of_a_finished_run_nor_of_one_that_failed(
    workspace: Workspace, finished: FinishedRun
) -> None:
    # The hub, which has a password in its address and is away, is asked for this one.
    failed = workspace.start("no-hub", config=workspace.config(model={"name": "court/model"}))
    assert workspace.end_of(failed).is_failed()
    assert "cannot be reached" in (workspace.end_of(failed).message or "")
    files = [path for path in workspace.folder.rglob("*") if path.is_file() and not path.is_symlink()]
    read = {str(path.relative_to(workspace.folder)): path.read_bytes() for path in files}
    assert {"runs/finished/config.json", "up.log", ".prefect/prefect.db"} <= read.keys()
    assert any(b"no-hub" in content for name, content in read.items() if name.startswith(".prefect/prefect.db"))
    print(f"{len(read)} files, {sum(map(len, read.values())) / 1e6:.0f} MB looked through")
    assert [name for name, content in read.items() if SECRET.encode() in content] == []
