"""``make demo`` as a stranger runs it, in this very checkout, with a real Ollama where there is one."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from flows.server import free_port

PROJECT = Path(__file__).parents[2]
STEPS = ("download-base", "convert", "train", "evaluate", "fuse", "quantize", "register")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@dataclass(frozen=True)
class Demo:
    """What the demo printed, the folder of its run, and the address of Ollama if one was there."""

    output: str
    run: Path
    ollama: str | None


@pytest.fixture(scope="module")
def ollama(tmp_path_factory: pytest.TempPathFactory) -> Generator[str | None]:
    """A real server in a home of its own, None where none was built."""
    binary = os.environ.get("NYAY_OLLAMA")
    if binary is None:
        yield None
        return
    home, address = tmp_path_factory.mktemp("ollama"), f"127.0.0.1:{free_port(preferred=0)}"
    own = {"HOME": str(home), "OLLAMA_HOST": address, "OLLAMA_MODELS": str(home / "models")}
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [binary, "serve"], env=os.environ | own, stdout=log, stderr=log, start_new_session=True
        )
    wait_for(f"http://{address}/api/version")
    yield address
    os.killpg(server.pid, signal.SIGTERM)
    server.wait(20)


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if httpx.get(url, timeout=2).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


@pytest.fixture(scope="module")
def demo(ollama: str | None) -> Demo:
    """The demo, run once."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")}
    environment["OLLAMA_HOST"] = ollama or f"127.0.0.1:{free_port(preferred=0)}"
    done = subprocess.run(
        ["make", "demo"], cwd=PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout
    run_id = re.search(r"^run (\S+) took", done.stdout, re.MULTILINE)
    assert run_id is not None
    return Demo(done.stdout, PROJECT / "runs" / run_id[1], ollama)


def result(demo: Demo, step: str) -> dict[str, object]:
    return json.loads((demo.run / "jobs" / step / "result.json").read_text())


def test_the_seven_steps_are_told_and_their_results_are_there(demo: Demo) -> None:
    for step in STEPS:
        assert f"done: {step}" in demo.output
        assert float(str(result(demo, step)["seconds"])) >= 0
    assert (demo.run / "manifest.json").exists()


def test_training_lowers_the_validation_loss_by_a_fifth_at_least(demo: Demo) -> None:
    evaluation = json.loads((demo.run / "jobs" / "evaluate" / "result.json").read_text())
    assert evaluation["tuned"]["loss"] <= 0.8 * evaluation["base"]["loss"]
    assert f"{1 - evaluation['tuned']['loss'] / evaluation['base']['loss']:.1%}" in demo.output


def test_one_question_is_answered_by_both_models(demo: Demo) -> None:
    for title in ("One question of", "Base", "Tuned", "Reference", "The gate's verdict"):
        assert f"─ {title}" in demo.output
    assert "Every required row passed." in demo.output or "Held back by: " in demo.output


def test_no_process_is_left(demo: Demo) -> None:
    words = ("nyay_lib.engine", "prefect", "flows.cli")
    here = (p for p in psutil.process_iter(["cwd", "cmdline"]) if p.info["cwd"] == str(PROJECT))
    left = [p.info["cmdline"] for p in here if any(word in " ".join(p.info["cmdline"] or []) for word in words)]
    assert left == []


def test_the_release_says_what_became_of_it(demo: Demo) -> None:
    release = result(demo, "register")
    assert str(release["reason"]) in " ".join(demo.output.split()) or str(release["reason"])[:60] in demo.output
    assert release["registered"] is (demo.ollama is not None)
    if demo.ollama is None:
        assert "not registered: no Ollama at" in str(release["reason"])


@pytest.mark.ollama
def test_the_registered_model_answers_in_a_real_ollama(demo: Demo) -> None:
    if demo.ollama is None:
        pytest.skip("NYAY_OLLAMA does not name a server")
    question = {"role": "user", "content": "What is anticipatory bail?"}
    options = {"num_thread": 1, "num_predict": 40, "temperature": 0}
    body = {"model": str(result(demo, "register")["tag"]), "messages": [question], "options": options, "stream": False}
    answer = httpx.post(f"http://{demo.ollama}/api/chat", json=body, timeout=180)
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["message"]["content"].split()) > 5
