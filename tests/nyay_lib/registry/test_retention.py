"""Old tags leave Ollama; what is in production, what came before it, and what is not ours stay."""

from collections.abc import Callable

import pytest

from nyay_lib.config import PipelineConfig
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.model_files import Gguf
from nyay_lib.prompt import LLAMA3
from nyay_lib.registry.journal import journal_of, read
from nyay_lib.registry.listing import releases
from nyay_lib.registry.release import Release, release
from nyay_lib.registry.rollback import roll_back
from nyay_lib.registry.verification import verify
from nyay_lib.runs import RunDir
from tests.nyay_lib.registry.ollama_server import Model, OllamaServer

MakeRun = Callable[[str], tuple[RunDir, Gguf]]


@pytest.fixture
def few(config: PipelineConfig) -> PipelineConfig:
    return config.model_copy(update={"registry": config.registry.model_copy(update={"keep_tags": 1})})


def put(config: PipelineConfig, made: tuple[RunDir, Gguf], verdict: Verdict) -> Release:
    return release(config, *made, verdict, LLAMA3, "mit", lambda done, total: None)


def ours(server: OllamaServer) -> list[str]:
    return sorted(tag for tag in server.models if tag.endswith("-f16"))


def test_production_and_its_predecessor_stay_whatever_else_is_newer(
    few: PipelineConfig, server: OllamaServer, make_run: MakeRun, passed: Verdict, missed: Verdict
) -> None:
    for run_id in ("a", "b", "c"):
        put(few, make_run(run_id), passed)
    assert ours(server) == ["nyay-ai:b-f16", "nyay-ai:c-f16"]
    for run_id in ("d", "e"):
        put(few, make_run(run_id), missed)
    assert ours(server) == ["nyay-ai:b-f16", "nyay-ai:c-f16", "nyay-ai:e-f16"]
    assert [e.tag for e in read(journal_of(few)) if e.event == "removed"] == ["nyay-ai:a-f16", "nyay-ai:d-f16"]
    assert verify(few).faults == []
    assert [one.run_id for one in releases(few) if one.removed] == ["d", "a"]


def test_after_a_rollback_the_line_of_production_stays(
    few: PipelineConfig, server: OllamaServer, make_run: MakeRun, passed: Verdict, missed: Verdict
) -> None:
    for run_id in ("a", "b"):
        put(few, make_run(run_id), passed)
    wide = few.model_copy(update={"registry": few.registry.model_copy(update={"keep_tags": 9})})
    put(wide, make_run("c"), passed)
    roll_back(few, None, "why", lambda done, total: None)
    put(few, make_run("d"), missed)
    assert ours(server) == ["nyay-ai:a-f16", "nyay-ai:b-f16", "nyay-ai:d-f16"]


def test_what_is_not_ours_stays(
    few: PipelineConfig, server: OllamaServer, make_run: MakeRun, passed: Verdict, missed: Verdict
) -> None:
    others = {"llama3.2:3b", "nyay-ai:by-hand", "nyay-ai-other:a-f16"}
    server.models |= {tag: Model(tag, "", "", {}, "") for tag in others}
    for run_id in ("a", "b", "c"):
        put(few, make_run(run_id), passed)
    assert others <= server.models.keys()


def test_a_tag_that_cannot_be_removed_does_not_stop_a_release(
    few: PipelineConfig, server: OllamaServer, make_run: MakeRun, passed: Verdict
) -> None:
    put(few, make_run("a"), passed)
    put(few, make_run("b"), passed)
    server.faults.drops["/api/delete"] = 99
    result = put(few, make_run("c"), passed)
    assert result.promoted and "old tags are still in Ollama" in result.reason
