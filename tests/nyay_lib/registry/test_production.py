"""The files in production: fixed names, one switch, and nothing of the user's own is touched."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.export.model_files import Gguf
from nyay_lib.registry.production import obstacles, prepare, public_paths, switch
from nyay_lib.runs import RunDir

MakeRun = Callable[[str], tuple[RunDir, Gguf]]


def put(config: PipelineConfig, run: RunDir, gguf: Gguf) -> None:
    run.modelfile.write_text(run.run_id)
    switch(config, prepare(config, run, gguf))


def test_the_paths_of_the_specification_are_those_of_the_defaults(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = {str(path.relative_to(tmp_path.resolve())) for path in public_paths(PipelineConfig())}
    assert found == {"models/nyay-ai.gguf", "models/nyay-ai-merged", "models/nyay-ai-adapter", "Modelfile"}


def test_all_names_lead_to_the_run(config: PipelineConfig, make_run: MakeRun, tmp_path: Path) -> None:
    run, gguf = make_run("first")
    put(config, run, gguf)
    models = tmp_path / "models"
    assert (models / "nyay-ai.gguf").resolve() == gguf.path
    assert (models / "nyay-ai-merged" / "config.json").read_text() == "first"
    assert (models / "nyay-ai-adapter" / "adapters.safetensors").read_text() == "first"
    assert (tmp_path / "Modelfile").read_text() == "first"


def test_the_links_are_relative_so_the_project_can_be_moved(
    config: PipelineConfig, make_run: MakeRun, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    put(config, *make_run("first"))
    moved = tmp_path_factory.mktemp("elsewhere") / "project"
    tmp_path.rename(moved)
    assert (moved / "models" / "nyay-ai-adapter" / "adapters.safetensors").read_text() == "first"
    assert (moved / "Modelfile").read_text() == "first"


def test_one_link_switches_them_all(config: PipelineConfig, make_run: MakeRun, tmp_path: Path) -> None:
    put(config, *make_run("first"))
    before = {path: path.readlink() for path in public_paths(config)}
    put(config, *make_run("second"))
    assert {path: path.readlink() for path in public_paths(config)} == before
    assert (tmp_path / "models" / "production").readlink() == Path("releases/second-f16")
    assert (tmp_path / "Modelfile").read_text() == "second"


def test_a_reader_never_finds_nothing(config: PipelineConfig, make_run: MakeRun, tmp_path: Path) -> None:
    runs = [make_run("first"), make_run("second")]
    put(config, *runs[0])
    seen: set[str] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.is_set():
            seen.add((tmp_path / "models" / "nyay-ai-merged" / "config.json").read_text())

    thread = threading.Thread(target=watch)
    thread.start()
    for n in range(60):
        put(config, *runs[n % 2])
    done.set()
    thread.join()
    assert seen == {"first", "second"}


@pytest.mark.parametrize("name", ["models/nyay-ai.gguf", "models/nyay-ai-adapter", "Modelfile", "models/production"])
def test_what_is_the_users_own_stays(config: PipelineConfig, make_run: MakeRun, tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir(parents=True)
    assert obstacles(config) == [tmp_path / name]
    with pytest.raises(RegistryError, match=r"move it away"):
        put(config, *make_run("first"))
    assert (tmp_path / name).is_dir() and not (tmp_path / "models" / "releases").exists()


def test_a_run_that_lacks_a_file_does_not_go_live(config: PipelineConfig, make_run: MakeRun, tmp_path: Path) -> None:
    put(config, *make_run("first"))
    run, gguf = make_run("second")
    run.modelfile.write_text("second")
    gguf.path.unlink()
    with pytest.raises(RegistryError, match=r"model-f16\.gguf: is missing"):
        prepare(config, run, gguf)
    assert (tmp_path / "Modelfile").read_text() == "first"


def test_preparing_changes_nothing_that_is_live(config: PipelineConfig, make_run: MakeRun, tmp_path: Path) -> None:
    put(config, *make_run("first"))
    run, gguf = make_run("second")
    run.modelfile.write_text("second")
    prepare(config, run, gguf)
    assert (tmp_path / "Modelfile").read_text() == "first"


def test_leftovers_of_a_crash_are_no_obstacle(config: PipelineConfig, make_run: MakeRun, tmp_path: Path) -> None:
    put(config, *make_run("first"))
    (tmp_path / "models" / "production").unlink()
    (tmp_path / "Modelfile").unlink()
    put(config, *make_run("second"))
    assert (tmp_path / "Modelfile").read_text() == "second"
