"""Back to an earlier release: in Ollama and in the files alike, at once, and not forth again by itself."""

from collections.abc import Callable
from pathlib import Path

import pytest

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.model_files import Gguf
from nyay_lib.prompt import LLAMA3
from nyay_lib.registry.journal import champion, journal_of, read
from nyay_lib.registry.release import Release, release
from nyay_lib.registry.rival import rival
from nyay_lib.registry.rollback import Rollback, roll_back
from nyay_lib.registry.verification import verify
from nyay_lib.runs import RunDir
from tests.nyay_lib.registry import made
from tests.nyay_lib.registry.made import write_steps
from tests.nyay_lib.registry.ollama_server import OllamaServer

Put = Callable[[str], Release]


@pytest.fixture
def runs() -> dict[str, tuple[RunDir, Gguf]]:
    return {}


@pytest.fixture
def put(
    config: PipelineConfig,
    make_run: Callable[[str], tuple[RunDir, Gguf]],
    passed: Verdict,
    tiny_files: list[Path],
    runs: dict[str, tuple[RunDir, Gguf]],
) -> Put:
    """Release a run; the second time the very same."""

    def put_it(run_id: str) -> Release:
        runs[run_id] = runs.get(run_id) or make_run(run_id)
        write_steps(*runs[run_id], tiny_files[0].parent / "model", passed)
        return release(config, *runs[run_id], passed, LLAMA3, "mit", lambda done, total: None)

    return put_it


def back(config: PipelineConfig, to: str | None = None, reason: str = "invents sections") -> Rollback:
    return roll_back(config, to, reason, lambda done, total: None)


def serving(config: PipelineConfig, server: OllamaServer) -> set[str]:
    """What serves, by each of the ways in which it is served."""
    files = (config.paths.models / "nyay-ai-merged" / "config.json").read_text()
    tags = {tag: model for tag, model in server.models.items() if tag.endswith("-f16")}
    live = [server.models[f"nyay-ai:{name}"] for name in ("production", "latest")]
    modelfile = (config.paths.models.parent / "Modelfile").read_text()
    return {files, *(tag[8:-4] for tag, model in tags.items() if model in live and tag[8:-4] in modelfile)}


def test_the_model_before_serves_again(config: PipelineConfig, server: OllamaServer, put: Put) -> None:
    put("first"), put("second")
    done = back(config)
    assert (done.run_id, done.replaced, done.tag, done.notes) == ("first", "second", "nyay-ai:first-f16", [])
    assert serving(config, server) == {"first"} and done.seconds < 10
    assert "nyay-ai:second-f16" in server.models and verify(config).faults == []
    last = read(journal_of(config))[-1]
    assert (last.event, last.run_id, last.replaced) == ("restored", "first", "second")
    assert last.reasons == ["invents sections"]


def test_the_next_rollback_goes_further_back(config: PipelineConfig, server: OllamaServer, put: Put) -> None:
    put("first"), put("second"), put("third")
    assert [back(config).run_id, back(config).run_id] == ["second", "first"]
    assert serving(config, server) == {"first"}
    with pytest.raises(RegistryError, match="nothing was in production before first; what was: first, second, third"):
        back(config)


def test_a_named_run_is_brought_back(config: PipelineConfig, server: OllamaServer, put: Put) -> None:
    put("first"), put("second"), put("third")
    assert back(config, "first").replaced == "third" and serving(config, server) == {"first"}
    assert back(config, "third").replaced == "first" and serving(config, server) == {"third"}


@pytest.mark.parametrize(
    ("to", "reason", "words"),
    [
        ("nowhere", "why", "'nowhere' was never in production; what was: first, second"),
        ("second", "why", "'second' is in production"),
        (None, " ", "a rollback needs a reason"),
    ],
)
def test_what_cannot_be_done_is_said(
    config: PipelineConfig, server: OllamaServer, put: Put, to: str | None, reason: str, words: str
) -> None:
    put("first"), put("second")
    before = read(journal_of(config))
    with pytest.raises(RegistryError, match=words):
        back(config, to, reason)
    assert read(journal_of(config)) == before


def test_with_nothing_released_there_is_nothing_to_roll_back(config: PipelineConfig) -> None:
    with pytest.raises(RegistryError, match="nothing is in production yet"):
        back(config)


def test_what_was_rolled_back_does_not_go_live_again_by_itself(
    config: PipelineConfig, server: OllamaServer, put: Put
) -> None:
    put("first"), put("second")
    back(config)
    again = put("second")
    assert not again.promoted and "nyay models rollback second --reason WHY" in again.reason
    assert serving(config, server) == {"first"}


def test_nor_does_the_same_model_under_another_name(
    config: PipelineConfig, server: OllamaServer, put: Put, other_weights: Path, runs: dict[str, tuple[RunDir, Gguf]]
) -> None:
    put("first")
    for run_id in ("second", "third"):
        runs[run_id] = make_other(config, run_id, other_weights)
    put("second")
    back(config)
    again = put("third")
    assert not again.promoted and "second was rolled back (invents sections), and this is the same" in again.reason


def make_other(config: PipelineConfig, run_id: str, source: Path) -> tuple[RunDir, Gguf]:
    return made.make_run(config, run_id, source)


def test_the_next_challenger_is_judged_against_what_serves(config: PipelineConfig, put: Put) -> None:
    put("first"), put("second")
    back(config)
    against = rival(config, RunDir.at(config.paths.runs, "third"))
    assert against is not None and against.run_id == "first"
    assert put("third").replaced == "first"


def test_a_run_of_another_version_is_still_beaten_as_it_serves_and_told_of_where_it_must_be_read(
    config: PipelineConfig, server: OllamaServer, put: Put, runs: dict[str, tuple[RunDir, Gguf]]
) -> None:
    put("first"), put("second")
    runs["first"][0].result("quantize").write_text('{"other": 1}')
    against = rival(config, runs["second"][0])
    assert against is not None and (against.file, against.sha256) == (runs["first"][1].path, runs["first"][1].sha256)
    del server.models["nyay-ai:first-f16"]
    with pytest.raises(RegistryError, match="result.json: is of another version of this program; run first again"):
        back(config)


def test_a_tag_that_ollama_lost_is_made_again(config: PipelineConfig, server: OllamaServer, put: Put) -> None:
    put("first"), put("second")
    del server.models["nyay-ai:first-f16"]
    assert back(config).tag == "nyay-ai:first-f16" and serving(config, server) == {"first"}
    assert verify(config).faults == []


def test_what_was_exported_since_is_not_put_back_for_what_was_released(
    config: PipelineConfig, server: OllamaServer, put: Put, other_weights: Path, runs: dict[str, tuple[RunDir, Gguf]]
) -> None:
    put("first"), put("second")
    del server.models["nyay-ai:first-f16"]
    made.describe(other_weights).save(runs["first"][0].result("quantize"))
    with pytest.raises(RegistryError, match="first was released as a file with the digest .* has exported another"):
        back(config)
    assert serving(config, server) == {"second"} and "nyay-ai:first-f16" not in server.models


def test_a_tag_that_is_another_model_by_now_is_refused(config: PipelineConfig, server: OllamaServer, put: Put) -> None:
    put("first"), put("second")
    server.models["nyay-ai:first-f16"] = server.models["nyay-ai:second-f16"]
    with pytest.raises(RegistryError, match="another model than was released; `ollama rm nyay-ai:first-f16`"):
        back(config)
    assert serving(config, server) == {"second"}


def test_what_ollama_broke_off_is_finished_later(config: PipelineConfig, server: OllamaServer, put: Put) -> None:
    put("first"), put("second")
    server.faults.drops["/api/copy"] = 99
    with pytest.raises(RegistryError, match="broke the connection"):
        back(config)
    assert champion(journal_of(config)) == [e for e in read(journal_of(config)) if e.is_switch][1]
    server.faults.drops.clear()
    assert verify(config).faults == [] and serving(config, server) == {"first"}


def test_a_rollback_that_was_broken_off_goes_no_further_when_it_is_run_again(
    config: PipelineConfig, server: OllamaServer, put: Put
) -> None:
    put("first"), put("second"), put("third")
    server.faults.drops["/api/copy"] = 99
    with pytest.raises(RegistryError):
        back(config)
    server.faults.drops.clear()
    done = back(config)
    assert (done.run_id, done.replaced, done.reason) == ("second", "third", "invents sections")
    assert serving(config, server) == {"second"} and "is finished now" in done.notes[0]


def test_a_new_version_of_ollama_is_asked_after_the_switch(
    config: PipelineConfig, server: OllamaServer, put: Put
) -> None:
    put("first"), put("second")
    server.version, server.faults.answer = "0.32.0", ""
    done = back(config)
    assert done.run_id == "first" and "attention: Ollama is version 0.32.0 now" in done.notes[0]
    assert back(config, "second").notes == []
