"""Verifying: clean where all is as released, and for each thing that differs a line with its mend."""

from collections.abc import Callable
from pathlib import Path

import pytest

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.model_files import Gguf
from nyay_lib.prompt import CHATML, LLAMA3
from nyay_lib.registry.journal import append, champion, journal_of, read
from nyay_lib.registry.release import release
from nyay_lib.registry.verification import verify
from nyay_lib.runs import RunDir
from tests.nyay_lib.registry.made import describe, write_steps
from tests.nyay_lib.registry.ollama_server import Model, OllamaServer

MakeRun = Callable[[str], tuple[RunDir, Gguf]]
Break = Callable[[PipelineConfig, OllamaServer], object]


@pytest.fixture
def two(config: PipelineConfig, make_run: MakeRun, passed: Verdict) -> PipelineConfig:
    """The second of two releases is in production."""
    for run_id in ("first", "second"):
        release(config, *make_run(run_id), passed, LLAMA3, "mit", lambda done, total: None)
    return config


def gguf_of(config: PipelineConfig) -> Path:
    return (config.paths.models / "nyay-ai.gguf").resolve()


def test_what_is_as_released_is_clean(two: PipelineConfig) -> None:
    before = read(journal_of(two))
    found = verify(two)
    assert (found.faults, found.mended, found.run_id) == ([], [], "second")
    assert "the first question is answered by our template" in found.compared and read(journal_of(two)) == before


def test_before_the_first_release_there_is_nothing_to_compare(config: PipelineConfig) -> None:
    found = verify(config)
    assert (found.run_id, found.faults, found.compared) == (None, [], [])


DRIFTS: dict[str, Break] = {
    "nyay-ai.gguf does not lead to second": lambda c, s: (c.paths.models / "nyay-ai.gguf").unlink(),
    "production does not lead to second": lambda c, s: switch_by_hand(c),
    "Ollama has no nyay-ai:second-f16": lambda c, s: s.models.pop("nyay-ai:second-f16"),
    "nyay-ai:production in Ollama is another model": lambda c, s: copy_by_hand(s, "first-f16", "production"),
    "nyay-ai:latest in Ollama is missing": lambda c, s: s.models.pop("nyay-ai:latest"),
}
DAMAGES: dict[str, Break] = {
    "model.gguf has the digest": lambda c, s: gguf_of(c).write_bytes(gguf_of(c).read_bytes() + b"x"),
    "model.gguf is missing": lambda c, s: gguf_of(c).unlink(),
    "Modelfile has the digest": lambda c, s: (c.paths.models.parent / "Modelfile").write_text("FROM x"),
    "adapter has the digest": lambda c, s: (c.paths.models / "nyay-ai-adapter/adapters.safetensors").write_text("x"),
    "does not render a conversation by our template": lambda c, s: setattr(s.faults, "used_template", CHATML),
    "another template than ours": lambda c, s: setattr(s.faults, "shown_template", "{{ .Prompt }}"),
    "it says nothing": lambda c, s: setattr(s.faults, "answer", ""),
}


def switch_by_hand(config: PipelineConfig) -> None:
    link = config.paths.models / "production"
    link.unlink()
    link.symlink_to("releases/first-f16")


def copy_by_hand(server: OllamaServer, source: str, target: str) -> None:
    server.models[f"nyay-ai:{target}"] = server.models[f"nyay-ai:{source}"]


@pytest.mark.parametrize("words", DRIFTS)
def test_links_and_tags_that_differ_are_named_and_can_be_put_back(
    two: PipelineConfig, server: OllamaServer, words: str, tiny_files: list[Path], passed: Verdict
) -> None:
    write_second(two, tiny_files, passed)
    DRIFTS[words](two, server)
    faults = verify(two).faults
    assert any(words in fault.what and "--mend" in fault.mend for fault in faults), faults
    mended = verify(two, mend=True)
    assert mended.faults == [] and any(words in note for note in mended.mended)
    assert verify(two).mended == []


def write_second(config: PipelineConfig, tiny_files: list[Path], verdict: Verdict) -> None:
    """The results of the steps of the second run, from which its tag is made again."""
    run = RunDir.at(config.paths.runs, "second")
    write_steps(run, describe(gguf_of(config)), tiny_files[0].parent / "model", verdict)


@pytest.mark.parametrize("words", DAMAGES)
def test_files_and_answers_that_differ_are_named_with_a_way_out(
    two: PipelineConfig, server: OllamaServer, words: str
) -> None:
    DAMAGES[words](two, server)
    [fault] = [fault for fault in verify(two).faults if words in fault.what]
    assert "rollback" in fault.mend


def test_a_tag_that_was_made_anew_is_no_longer_the_release(two: PipelineConfig, server: OllamaServer) -> None:
    server.models["nyay-ai:second-f16"] = Model("0" * 64, LLAMA3.go, "other", {}, "mit")
    [fault] = [fault for fault in verify(two).faults if "journal says" in fault.what]
    assert "`ollama rm nyay-ai:second-f16`" in fault.mend


def test_an_ollama_that_is_away_is_a_fault(two: PipelineConfig, nobody: str) -> None:
    away = two.model_copy(update={"registry": two.registry.model_copy(update={"host": nobody})})
    [fault] = verify(away).faults
    assert "what Ollama serves is not known: no Ollama at" in fault.what


def test_a_new_version_of_ollama_is_written_down_once(two: PipelineConfig, server: OllamaServer) -> None:
    server.version = "0.32.0"
    assert verify(two).faults == [] and verify(two).ollama == "0.32.0"
    assert [(e.run_id, e.ollama) for e in read(journal_of(two)) if e.event == "checked"] == [("second", "0.32.0")]


def test_a_rollback_that_would_lead_nowhere_is_a_fault(two: PipelineConfig, server: OllamaServer) -> None:
    del server.models["nyay-ai:first-f16"]
    assert verify(two).faults == []
    (two.paths.models / "releases" / "first-f16" / "model.gguf").unlink()
    assert "first, to which a rollback would lead, has neither" in verify(two).faults[0].what


def test_a_broken_off_switch_is_finished(two: PipelineConfig, server: OllamaServer) -> None:
    start_switch_to_first(two)
    found = verify(two)
    assert found.mended == ["the switch to first was broken off and is finished now"]
    assert (found.run_id, found.faults) == ("first", []) and verify(two).mended == []


def test_a_broken_off_switch_to_a_model_that_is_gone_is_undone(two: PipelineConfig, server: OllamaServer) -> None:
    start_switch_to_first(two)
    copy_by_hand(server, "first-f16", "production")
    del server.models["nyay-ai:first-f16"]
    found = verify(two)
    assert "the switch to first was broken off and is undone: Ollama has no nyay-ai:first-f16" in found.mended
    assert (found.run_id, found.faults) == ("second", [])


def test_a_broken_off_switch_waits_for_ollama(two: PipelineConfig, nobody: str) -> None:
    start_switch_to_first(two)
    away = two.model_copy(update={"registry": two.registry.model_copy(update={"host": nobody})})
    [fault] = verify(away).faults
    assert "the switch to first was broken off and waits to be mended: no Ollama at" in fault.what
    assert verify(two).run_id == "first"


def test_a_damaged_journal_is_said(two: PipelineConfig) -> None:
    journal_of(two).write_text("rubbish\n")
    with pytest.raises(RegistryError, match=r"journal\.jsonl:1: is damaged"):
        verify(two)


def start_switch_to_first(config: PipelineConfig) -> None:
    """An intent without its completion."""
    first = next(e for e in read(journal_of(config)) if e.event == "promoted")
    append(journal_of(config), first.about("restoring", ["why"], None))
    live = champion(journal_of(config))
    assert first.run_id == "first" and live is not None and live.run_id == "second"
