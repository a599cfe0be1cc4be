"""The release step: registered where Ollama is, promoted where the verdict allows, and the same when run again."""

import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Literal

import pytest

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.model_files import Gguf
from nyay_lib.prompt import CHATML, LLAMA3
from nyay_lib.registry import registering, switching
from nyay_lib.registry import release as release_module
from nyay_lib.registry.journal import champion, journal_of, read
from nyay_lib.registry.release import Release, release
from nyay_lib.runs import RunDir
from tests.nyay_lib.registry.made import write_report
from tests.nyay_lib.registry.ollama_server import OllamaServer

MakeRun = Callable[[str], tuple[RunDir, Gguf]]
Wanted = Literal["required", "if_available", "never"]


def release_it(config: PipelineConfig, made: tuple[RunDir, Gguf], verdict: Verdict) -> Release:
    return release(config, *made, verdict, LLAMA3, "llama3.2", lambda done, total: None)


def with_registry(config: PipelineConfig, wanted: Wanted, host: str | None = None) -> PipelineConfig:
    update = {"register_model": wanted, "host": host or config.registry.host}
    return config.model_copy(update={"registry": config.registry.model_copy(update=update)})


def events(config: PipelineConfig) -> list[tuple[str, str, str | None]]:
    """What came of it; intents are left out."""
    return [(e.event, e.run_id, e.tag) for e in read(journal_of(config)) if not e.is_intent]


def in_production(tmp_path: Path) -> str:
    return (tmp_path / "models" / "nyay-ai-merged" / "config.json").read_text()


def test_a_model_that_passed_goes_live(
    config: PipelineConfig, server: OllamaServer, make_run: MakeRun, passed: Verdict, tmp_path: Path
) -> None:
    run, gguf = make_run("first")
    result = release_it(config, (run, gguf), passed)
    tag = "nyay-ai:first-f16"
    assert (result.tag, result.registered, result.promoted, result.replaced) == (tag, True, True, None)
    assert result.reason == f"registered as {tag}; promoted to production"
    assert server.models[tag] == server.models["nyay-ai:production"] == server.models["nyay-ai:latest"]
    assert events(config) == [("registered", "first", tag), ("promoted", "first", tag)]
    assert in_production(tmp_path) == "first" and (tmp_path / "Modelfile").read_text().startswith(f"FROM {gguf.path}")


def test_the_result_is_kept_with_the_run(config: PipelineConfig, make_run: MakeRun, passed: Verdict) -> None:
    run, gguf = make_run("first")
    result = release_it(config, (run, gguf), passed)
    assert Release.model_validate_json(run.result("register").read_bytes()) == result
    assert result.sha256 == gguf.sha256 and not result.reused


def test_the_second_model_replaces_the_first(
    config: PipelineConfig, server: OllamaServer, make_run: MakeRun, passed: Verdict, tmp_path: Path
) -> None:
    release_it(config, make_run("first"), passed)
    result = release_it(config, make_run("second"), passed)
    assert result.replaced == "first" and in_production(tmp_path) == "second"
    assert server.models["nyay-ai:production"] == server.models["nyay-ai:second-f16"]
    assert "nyay-ai:first-f16" in server.models


def test_a_refused_model_keeps_its_tag_and_changes_nothing_else(
    config: PipelineConfig, server: OllamaServer, make_run: MakeRun, passed: Verdict, missed: Verdict, tmp_path: Path
) -> None:
    release_it(config, make_run("first"), passed)
    live = server.models["nyay-ai:production"]
    result = release_it(config, make_run("second"), missed)
    assert result.registered and not result.promoted and result.replaced is None
    assert result.reason.endswith("refused: loss MISSED: 2, wanted < 1; 2 is not below 1")
    assert server.models["nyay-ai:production"] is live and in_production(tmp_path) == "first"
    assert events(config)[-1] == ("refused", "second", "nyay-ai:second-f16")
    assert read(journal_of(config))[-1].reasons == ["loss MISSED: 2, wanted < 1; 2 is not below 1"]


def test_a_verdict_that_asks_for_nothing_promotes_nothing(config: PipelineConfig, make_run: MakeRun) -> None:
    result = release_it(config, make_run("first"), Verdict(inputs="test", rows=[]))
    assert not result.promoted and "no required row" in result.reason


def test_a_model_that_fails_the_smoke_test_is_refused_and_its_tag_removed(
    config: PipelineConfig, server: OllamaServer, make_run: MakeRun, passed: Verdict
) -> None:
    server.faults.answer = "<|eot_id|>"
    result = release_it(config, make_run("first"), passed)
    assert not result.registered and not result.promoted and "refused: smoke test" in result.reason
    assert server.models == {} and champion(journal_of(config)) is None


def test_a_server_that_rewrites_templates_puts_nothing_into_production(
    config: PipelineConfig, server: OllamaServer, make_run: MakeRun, passed: Verdict, tmp_path: Path
) -> None:
    release_it(config, make_run("first"), passed)
    live = server.models["nyay-ai:production"]
    server.faults.used_template = CHATML
    result = release_it(config, make_run("second"), passed)
    assert not result.promoted and "does not render a conversation by our template" in result.reason
    assert server.models["nyay-ai:production"] is live and in_production(tmp_path) == "first"
    assert "nyay-ai:second-f16" not in server.models


def test_a_newer_ollama_is_asked_about_production_too(
    config: PipelineConfig, server: OllamaServer, make_run: MakeRun, passed: Verdict
) -> None:
    release_it(config, make_run("first"), passed)
    server.version, server.faults.used_template = "0.31.0", CHATML
    result = release_it(config, make_run("second"), passed)
    assert "attention: Ollama is version 0.31.0 now, and in production smoke test of nyay-ai:first-f16" in result.reason
    checked = [e for e in read(journal_of(config)) if e.event == "checked"]
    assert [(e.run_id, e.ollama) for e in checked] == [("first", "0.31.0")] and checked[0].reasons


def test_a_model_that_was_judged_against_another_is_not_promoted(
    config: PipelineConfig, make_run: MakeRun, passed: Verdict, tmp_path: Path
) -> None:
    release_it(config, make_run("first"), passed)
    second = make_run("second")
    write_report(second[0], production=None)
    result = release_it(config, second, passed)
    assert "second was judged when nothing was in production, but first is in production now" in result.reason
    write_report(second[0], production="first")
    assert release_it(config, second, passed).promoted and in_production(tmp_path) == "second"


def test_run_again_it_changes_nothing(
    config: PipelineConfig, server: OllamaServer, make_run: MakeRun, passed: Verdict
) -> None:
    made = make_run("first")
    first = release_it(config, made, passed)
    before, models = events(config), dict(server.models)
    second = release_it(config, made, passed)
    assert second.reused and events(config) == before and server.models == models
    assert second.model_copy(update={"reused": False, "seconds": first.seconds}) == first


def test_an_old_run_that_is_repeated_does_not_take_production_back(
    config: PipelineConfig, server: OllamaServer, make_run: MakeRun, passed: Verdict, tmp_path: Path
) -> None:
    first = make_run("first")
    release_it(config, first, passed)
    release_it(config, make_run("second"), passed)
    result = release_it(config, first, passed)
    assert not result.promoted and "second has taken its place" in result.reason
    assert in_production(tmp_path) == "second"


def test_without_ollama_the_files_alone_go_live(
    config: PipelineConfig, make_run: MakeRun, passed: Verdict, nobody: str, tmp_path: Path
) -> None:
    result = release_it(with_registry(config, "if_available", nobody), make_run("first"), passed)
    assert f"not registered: no Ollama at {nobody}, " in result.reason
    assert (result.tag, result.registered, result.promoted) == (None, False, True)
    assert in_production(tmp_path) == "first" and events(config) == [("promoted", "first", None)]


def test_a_required_ollama_that_is_down_is_an_error(
    config: PipelineConfig, make_run: MakeRun, passed: Verdict, nobody: str
) -> None:
    run, gguf = make_run("first")
    with pytest.raises(RegistryError, match=f"'required': no Ollama at {nobody}, .*start it with `ollama serve`"):
        release_it(with_registry(config, "required", nobody), (run, gguf), passed)
    assert run.modelfile.exists() and not run.result("register").exists() and events(config) == []


def test_where_registering_is_forbidden_ollama_is_not_asked(
    config: PipelineConfig, server: OllamaServer, make_run: MakeRun, passed: Verdict
) -> None:
    result = release_it(with_registry(config, "never"), make_run("first"), passed)
    assert server.requests == [] and not result.registered and result.promoted
    assert result.reason.startswith("not registered: registry.register is 'never'")


def test_files_do_not_run_ahead_of_what_ollama_serves(
    config: PipelineConfig, make_run: MakeRun, passed: Verdict, nobody: str, tmp_path: Path
) -> None:
    release_it(config, make_run("first"), passed)
    result = release_it(with_registry(config, "if_available", nobody), make_run("second"), passed)
    assert not result.promoted and "Ollama serves nyay-ai:first-f16" in result.reason
    assert in_production(tmp_path) == "first"


def test_once_ollama_is_up_the_same_run_is_registered(
    config: PipelineConfig, server: OllamaServer, make_run: MakeRun, passed: Verdict, nobody: str
) -> None:
    made = make_run("first")
    release_it(with_registry(config, "if_available", nobody), made, passed)
    assert release_it(config, made, passed).registered
    again = release_it(with_registry(config, "if_available", nobody), made, passed)
    assert again.promoted and "nyay-ai:production" in server.models
    live = champion(journal_of(config))
    assert live is not None and live.tag == "nyay-ai:first-f16"


def test_something_in_the_way_stops_before_anything_goes_live(
    config: PipelineConfig, server: OllamaServer, make_run: MakeRun, passed: Verdict, tmp_path: Path
) -> None:
    made = make_run("first")
    (tmp_path / "models" / "nyay-ai-adapter").mkdir(parents=True)
    with pytest.raises(RegistryError, match="move it away"):
        release_it(config, made, passed)
    assert "nyay-ai:production" not in server.models
    (tmp_path / "models" / "nyay-ai-adapter").rmdir()
    assert champion(journal_of(config)) is None and release_it(config, made, passed).promoted


def test_a_promotion_that_is_undone_leaves_nothing_in_ollama_where_production_was_files_alone(
    config: PipelineConfig, server: OllamaServer, make_run: MakeRun, passed: Verdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(config: PipelineConfig, folder: Path) -> None:
        if "second" in folder.name:
            raise RegistryError("the link cannot be written")

    release_it(with_registry(config, "never"), make_run("first"), passed)
    with monkeypatch.context() as patch, pytest.raises(RegistryError, match="cannot be written"):
        patch.setattr(switching, "switch", refused)
        release_it(config, make_run("second"), passed)
    assert (read(journal_of(config))[-1].event, list(server.models)) == ("abandoned", ["nyay-ai:second-f16"])


@pytest.mark.parametrize(
    ("module", "step"),
    [
        (registering, "register"),
        (registering, "smoke_test"),
        (release_module, "append"),
        (release_module, "prepare"),
        (switching, "append"),
        (switching, "copy"),
        (switching, "switch"),
    ],
)
def test_a_release_that_was_broken_off_is_finished_by_the_next(
    config: PipelineConfig,
    server: OllamaServer,
    make_run: MakeRun,
    passed: Verdict,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    module: ModuleType,
    step: str,
) -> None:
    def broken(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    release_it(config, make_run("first"), passed)
    second = make_run("second")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module, step, broken)
        release_it(config, second, passed)
    assert in_production(tmp_path) in ("first", "second")
    assert release_it(config, second, passed).promoted and in_production(tmp_path) == "second"
    assert server.models["nyay-ai:production"] == server.models["nyay-ai:second-f16"]
    assert [e for e in events(config) if e[0] == "promoted"][-1][1] == "second" and len(events(config)) == 4


def test_of_two_releases_at_once_one_waits(
    config: PipelineConfig, server: OllamaServer, make_run: MakeRun, passed: Verdict, tmp_path: Path
) -> None:
    made = [make_run("first"), make_run("second")]
    threads = [threading.Thread(target=release_it, args=(config, one, passed)) for one in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    order = [run_id for _, run_id, _ in events(config)]
    assert sorted(order) == ["first", "first", "second", "second"] and order[0] == order[1]
    assert in_production(tmp_path) == order[-1]
    assert server.models["nyay-ai:production"] == server.models[f"nyay-ai:{order[-1]}-f16"]
