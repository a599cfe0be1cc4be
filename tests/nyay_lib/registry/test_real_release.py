"""Against a real Ollama: what it answers follows what is promoted, rolled back and refused."""

import time
from pathlib import Path

import pytest
from gguf import GGUFReader

from nyay_lib.base_model.embedded import embedded_gguf
from nyay_lib.config import PipelineConfig
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.model_files import Gguf
from nyay_lib.prompt import CHATML, SYSTEM_PROMPT
from nyay_lib.registry.client import Client
from nyay_lib.registry.journal import champion, journal_of
from nyay_lib.registry.modelfile import card
from nyay_lib.registry.ollama import differences, tags
from nyay_lib.registry.release import Release, release
from nyay_lib.registry.rollback import roll_back
from nyay_lib.registry.verification import verify
from nyay_lib.runs import RunDir
from tests.nyay_lib.registry import made

pytestmark = [pytest.mark.ollama, pytest.mark.slow, pytest.mark.timeout(900)]
NAME = "nyay-turns"


@pytest.fixture
def here(real_ollama: str, tmp_path: Path) -> PipelineConfig:
    return made.configuration(tmp_path, real_ollama, NAME)


def altered(target: Path) -> Path:
    """The embedded model with its last layers' norms weakened: it still talks and stops, but says something else."""
    target.write_bytes(embedded_gguf().read_bytes())
    for tensor in GGUFReader(target, "r+").tensors:
        if tensor.name in ("blk.28.ffn_norm.weight", "blk.29.ffn_norm.weight"):
            tensor.data *= 0.8
    return target


def ask(where: str) -> str:
    with Client(where) as client:
        question = [{"role": "user", "content": "What does an appeal court do?"}]
        return client.chat(f"{NAME}:production", question, {"temperature": 0, "seed": 0, "num_predict": 60}).text


def put(config: PipelineConfig, run: tuple[RunDir, Gguf], verdict: Verdict) -> Release:
    return release(config, *run, verdict, CHATML, "apache-2.0", lambda done, total: None)


def test_answers_change_with_promotion_and_rollback(
    here: PipelineConfig, real_ollama: str, tmp_path: Path, passed: Verdict, missed: Verdict
) -> None:
    first = made.make_run(here, "first", embedded_gguf())
    second = made.make_run(here, "second", altered(tmp_path / "altered.gguf"))
    assert put(here, first, passed).promoted
    before = ask(real_ollama)
    assert put(here, second, passed).promoted
    after = ask(real_ollama)
    start = time.monotonic()
    done = roll_back(here, None, "says something else", lambda done, total: None)
    whole = time.monotonic() - start
    print(f"answers: {before!r} / {after!r} / {ask(real_ollama)!r}; rollback {done.seconds:.3f} s, whole {whole:.3f} s")
    assert before != after and ask(real_ollama) == before and whole < 10
    assert verify(here).faults == []


def test_a_refused_challenger_leaves_productions_digest(
    here: PipelineConfig, real_ollama: str, tmp_path: Path, passed: Verdict, missed: Verdict
) -> None:
    put(here, made.make_run(here, "kept", embedded_gguf()), passed)
    live, digest = champion(journal_of(here)), tags(real_ollama)[f"{NAME}:production"]
    result = put(here, made.make_run(here, "worse", altered(tmp_path / "altered.gguf")), missed)
    print(f"refused: {result.reason}; production stays {digest[:12]}")
    assert not result.promoted and "refused: loss MISSED: 2 is not below 1" in result.reason
    assert tags(real_ollama)[f"{NAME}:production"] == digest and champion(journal_of(here)) == live
    assert f"{NAME}:worse-f16" in tags(real_ollama)


def test_show_gives_our_template_system_prompt_and_parameters(
    here: PipelineConfig, real_ollama: str, passed: Verdict
) -> None:
    _, gguf = run = made.make_run(here, "shown", embedded_gguf())
    put(here, run, passed)
    with Client(real_ollama) as client:
        shown = client.show(f"{NAME}:production")
    assert shown is not None and differences(shown, card(CHATML, here.registry, "apache-2.0"), gguf.sha256) == []
    assert (shown.template, shown.system) == (CHATML.go, SYSTEM_PROMPT)
