"""A person lets a row pass: recorded for ever, and only for rows that hold a model back."""

from collections.abc import Callable
from pathlib import Path

import pytest

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.evaluation.against_production import SAME
from nyay_lib.evaluation.verdict import Outcome, Row, Verdict
from nyay_lib.export.model_files import Gguf
from nyay_lib.prompt import LLAMA3
from nyay_lib.registry.journal import Waiver, champion, journal_of, read
from nyay_lib.registry.promotion import promote
from nyay_lib.registry.release import Release, release
from nyay_lib.runs import RunDir
from tests.nyay_lib.registry.made import describe, write_report, write_steps
from tests.nyay_lib.registry.ollama_server import OllamaServer

MakeRun = Callable[[str], tuple[RunDir, Gguf]]
LAW = "no worse than production: legal accuracy, summarization"


@pytest.fixture
def finished(make_run: MakeRun, tiny_files: list[Path]) -> Callable[..., RunDir]:
    """A run that came to its verdict: the named rows missed, all else passed."""

    def finish(run_id: str, missed: tuple[str, ...] = (LAW,), production: str | None = None) -> RunDir:
        run, gguf = make_run(run_id)
        verdict = Verdict(inputs="t", rows=[row(name, missed) for name in (LAW, "GGUF size", SAME)])
        write_steps(run, gguf, tiny_files[0].parent / "model", verdict)
        write_report(run, production, gguf)
        return run

    return finish


def row(name: str, missed: tuple[str, ...]) -> Row:
    outcome = Outcome.MISSED if name in missed else Outcome.PASS
    return Row(name=name, target="", measured="", outcome=outcome, required=True, reason="because")


def promoted(config: PipelineConfig, run: RunDir, *waive: str, reason: str = "asked the bench") -> Release:
    return promote(config, run, waive, reason, lambda done, total: None)


def test_a_waived_row_does_not_hold_the_model_back_and_is_on_record(
    config: PipelineConfig, server: OllamaServer, finished: Callable[..., RunDir]
) -> None:
    assert promoted(config, finished("first"), LAW).promoted
    live = champion(journal_of(config))
    assert live is not None and live.waivers == [Waiver(row=LAW, outcome="MISSED", reason="asked the bench")]
    assert (live.run_id, live.passed) == ("first", False) and "nyay-ai:production" in server.models


def test_a_waiver_holds_when_the_run_is_repeated(config: PipelineConfig, finished: Callable[..., RunDir]) -> None:
    run = finished("first")
    promoted(config, run, LAW)
    before = read(journal_of(config))
    gguf = Gguf.model_validate_json(run.result("quantize").read_bytes())
    verdict = Verdict.model_validate_json(run.verdict.read_bytes())
    again = release(config, run, gguf, verdict, LLAMA3, "mit", lambda done, total: None)
    assert again.promoted and again.reused and read(journal_of(config)) == before


def test_each_row_that_holds_back_must_be_named(config: PipelineConfig, finished: Callable[..., RunDir]) -> None:
    run = finished("first", (LAW, "GGUF size"))
    with pytest.raises(RegistryError, match="held back by its verdict; .* add: --waive 'GGUF size'"):
        promoted(config, run, LAW)
    assert read(journal_of(config)) == []
    assert promoted(config, run, LAW, "GGUF size").promoted


def test_a_row_that_passed_or_is_unknown_cannot_be_waived(
    config: PipelineConfig, finished: Callable[..., RunDir]
) -> None:
    with pytest.raises(RegistryError, match=f"'GGUF size' does not hold the model back; what does: '{LAW}'"):
        promoted(config, finished("first"), "GGUF size")


def test_the_model_in_production_cannot_be_waived_past_itself(
    config: PipelineConfig, finished: Callable[..., RunDir]
) -> None:
    with pytest.raises(RegistryError, match="cannot be waived: these weights are in production already"):
        promoted(config, finished("first", (SAME,)), SAME)


def test_a_waiver_without_a_reason_is_none(config: PipelineConfig, finished: Callable[..., RunDir]) -> None:
    with pytest.raises(RegistryError, match="needs a reason"):
        promoted(config, finished("first"), LAW, reason=" ")


def test_a_verdict_on_what_was_in_production_before_is_no_verdict_on_what_is_now(
    config: PipelineConfig, finished: Callable[..., RunDir]
) -> None:
    promoted(config, finished("first"), LAW)
    with pytest.raises(RegistryError, match="second was judged when nothing was in production, but first"):
        promoted(config, finished("second"), LAW)
    assert promoted(config, finished("third", production="first"), LAW).replaced == "first"


def test_a_verdict_on_another_file_is_no_verdict_on_the_one_that_was_exported_since(
    config: PipelineConfig, finished: Callable[..., RunDir], other_weights: Path
) -> None:
    run = finished("first", ())
    describe(other_weights).save(run.result("quantize"))
    with pytest.raises(RegistryError, match=r"first has a verdict on another file than other.gguf, which it exported"):
        promoted(config, run)
    assert read(journal_of(config)) == []


def test_a_run_that_is_not_finished_is_named(config: PipelineConfig, finished: Callable[..., RunDir]) -> None:
    run = finished("first")
    run.verdict.unlink()
    with pytest.raises(RegistryError, match=r"verdict.json: is not there, so first is not finished"):
        promoted(config, run, LAW)


def test_a_waiver_of_a_promotion_that_was_undone_must_be_given_again(
    config: PipelineConfig, server: OllamaServer, finished: Callable[..., RunDir]
) -> None:
    run = finished("first")
    server.faults.copies_nothing = True
    with pytest.raises(RegistryError, match="they differ"):
        promoted(config, run, LAW)
    server.faults.copies_nothing = False
    assert [entry.event for entry in read(journal_of(config))][-2:] == ["promoting", "abandoned"]
    gguf = Gguf.model_validate_json(run.result("quantize").read_bytes())
    verdict = Verdict.model_validate_json(run.verdict.read_bytes())
    again = release(config, run, gguf, verdict, LLAMA3, "mit", lambda done, total: None)
    assert not again.promoted and LAW in again.reason
