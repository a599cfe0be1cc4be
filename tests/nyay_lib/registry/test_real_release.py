"""Against a real Ollama: what it answers follows what is promoted, rolled back and refused."""

import time
from pathlib import Path

import pytest

from nyay_lib.config import PipelineConfig
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.model_files import Gguf
from nyay_lib.prompt import LLAMA3, SYSTEM_PROMPT
from nyay_lib.registry.client import Client
from nyay_lib.registry.journal import champion, journal_of
from nyay_lib.registry.modelfile import card
from nyay_lib.registry.ollama import differences, tags
from nyay_lib.registry.release import Release, release
from nyay_lib.registry.rollback import roll_back
from nyay_lib.registry.verification import verify
from nyay_lib.runs import RunDir
from tests.nyay_lib.registry import made
from tests.nyay_lib.registry.talker import make_talker

pytestmark = [pytest.mark.ollama, pytest.mark.slow, pytest.mark.timeout(900)]
NAME = "nyay-turns"
SAID = ("Bail is granted.", "The appeal was dismissed.")


@pytest.fixture
def here(real_ollama: str, tmp_path: Path) -> PipelineConfig:
    return made.configuration(tmp_path, real_ollama, NAME)


def ask(where: str) -> str:
    with Client(where) as client:
        question = [{"role": "user", "content": "What does an appeal court do?"}]
        return client.chat(f"{NAME}:production", question, {"temperature": 0, "seed": 0, "num_predict": 60}).text


def put(config: PipelineConfig, run: tuple[RunDir, Gguf], verdict: Verdict) -> Release:
    return release(config, *run, verdict, LLAMA3, "llama3.2", lambda done, total: None)


def test_what_ollama_answers_follows_what_is_released(
    here: PipelineConfig, real_ollama: str, tmp_path: Path, passed: Verdict, missed: Verdict
) -> None:
    one, other = (make_talker(tmp_path / f"talker-{n}", text) for n, text in enumerate(SAID))
    live = f"{NAME}:production"
    assert put(here, made.make_run(here, "first", one), passed).promoted
    before = ask(real_ollama)
    assert put(here, made.make_run(here, "second", other), passed).promoted
    after = ask(real_ollama)

    start = time.monotonic()
    done = roll_back(here, None, "says something else", lambda done, total: None)
    whole, again = time.monotonic() - start, ask(real_ollama)
    print(f"answers: {before!r} / {after!r} / {again!r}; rollback {done.seconds:.3f} s, whole {whole:.3f} s")
    assert [before, after, again] == [*SAID, SAID[0]] and whole < 10

    champion_before, digest = champion(journal_of(here)), tags(real_ollama)[live]
    refused = put(here, made.make_run(here, "third", other), missed)
    print(f"third: {refused.reason}; production stays {digest[:12]}")
    assert not refused.promoted and "refused: loss MISSED: 2, wanted < 1; 2 is not below 1" in refused.reason
    assert tags(real_ollama)[live] == digest and champion(journal_of(here)) == champion_before
    assert f"{NAME}:third-f16" in tags(real_ollama)

    with Client(real_ollama) as client:
        shown = client.show(live)
    assert shown is not None and differences(shown, card(LLAMA3, here.registry, "llama3.2"), done.sha256) == []
    assert (shown.template, shown.system) == (LLAMA3.go, SYSTEM_PROMPT)
    assert verify(here).faults == []
