"""`nyay serve` and `nyay ask`: the same words by either, within the budget of training, and no process left behind."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from nyay_lib.config import PipelineConfig
from tests.nyay_lib.serving.made import ORDER, configuration, judgment, make_run, put_into_production
from tests.nyay_lib.serving.openai_server import OpenAIServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
QUESTION = "Was the appeal allowed?"
# Seeds with which the random model says hundreds of bytes that are no letters: 5 to 10 s without a piece.
SILENT_FOR_LONG = (13, 20, 27)


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> PipelineConfig:
    """A project with two runs, of which the older is in production."""
    made = configuration(tmp_path_factory.mktemp("project"))
    put_into_production(made, make_run(made, "old"))
    make_run(made, "new", seed=1)
    return made


@pytest.fixture(scope="module")
def config_file(config: PipelineConfig) -> Path:
    path = config.paths.runs.parent / "config.yaml"
    path.write_text(config.model_dump_json(by_alias=True))
    return path


def nyay(config_file: Path, *arguments: str, given: str | None = None) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "flows.cli", *arguments, "--config", str(config_file)]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=120)


@dataclass(frozen=True)
class Served:
    """`nyay serve` as it runs, and its address."""

    process: "subprocess.Popen[str]"
    url: str

    def ask(self, content: str, **more: Any) -> httpx.Response:
        body = {"messages": [{"role": "user", "content": content}], "max_tokens": 12, "temperature": 0} | more
        return httpx.post(f"{self.url}/v1/chat/completions", json=body, timeout=60)

    @property
    def answered(self) -> int:
        return int(httpx.get(f"{self.url}/health").json()["answered"])


@contextmanager
def serving(config_file: Path, *arguments: str) -> Iterator[Served]:
    """The server, from its word that it answers to the end that Ctrl-C brings; nothing of it may be left."""
    command = [sys.executable, "-m", "flows.cli", "serve", "--config", str(config_file), "--port", "0", *arguments]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        first = process.stderr.readline()
        assert " answers at " in first, first + process.stderr.read()
        family = psutil.Process(process.pid).children(recursive=True)
        yield Served(process, first.split(" answers at ")[1].strip().removesuffix("/v1/chat/completions"))
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
        assert len(family) == 1 and not any(child.is_running() for child in family)
    finally:
        process.kill()
        process.stderr.close()
        process.wait()


@pytest.fixture(scope="module")
def served(config_file: Path) -> Iterator[Served]:
    with serving(config_file) as found:
        yield found


def words(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    return str(answer.json()["choices"][0]["message"]["content"])


def streamed(answer: httpx.Response) -> list[dict[str, Any]]:
    lines = [line.removeprefix("data: ") for line in answer.text.splitlines() if line]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


def test_served_greedy_is_the_text_of_nyay_ask(served: Served, config_file: Path) -> None:
    asked = nyay(config_file, "ask", QUESTION, "--max-tokens", "12")
    over_http = nyay(config_file, "ask", QUESTION, "--max-tokens", "12", "--via", served.url)
    assert asked.returncode == over_http.returncode == 0, asked.stderr + over_http.stderr
    assert asked.stdout == words(served.ask(QUESTION)) + "\n" == over_http.stdout
    assert asked.stdout.strip(), "the random model says something"


def test_the_same_about_a_judgment_that_is_too_long(served: Served, config_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "judgment.txt"
    path.write_text(judgment(5000))
    asked = nyay(config_file, "ask", QUESTION, "--file", str(path), "--max-tokens", "12")
    answer = served.ask(f"{QUESTION}\n\n{judgment(5000)}")
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout == words(answer) + "\n"
    left_out = answer.headers["x-nyay-left-out"]
    assert f"judgment.txt: {left_out}; 768 hold prompt and answer, as in training" in asked.stderr


def test_an_earlier_question_does_not_change_an_answer(served: Served) -> None:
    first = words(served.ask(QUESTION))
    served.ask(f"{QUESTION}\n\n{ORDER}")
    assert words(served.ask(QUESTION)) == first


def test_a_stream_has_the_same_words_and_says_how_it_ended(served: Served) -> None:
    events = streamed(served.ask(QUESTION, stream=True))
    deltas = [event["choices"][0]["delta"].get("content", "") for event in events]
    assert "".join(deltas) == words(served.ask(QUESTION)) and len([delta for delta in deltas if delta]) > 1
    assert [event["choices"][0]["finish_reason"] for event in events][-1] in ("stop", "length")


def test_what_a_request_leaves_open_is_the_modelfiles(served: Served) -> None:
    body = {"messages": [{"role": "user", "content": QUESTION}], "seed": 7}
    answers = [httpx.post(f"{served.url}/v1/chat/completions", json=body, timeout=60).json() for _ in range(2)]
    assert answers[0]["choices"] == answers[1]["choices"], "drawn with one seed"
    assert answers[0]["usage"]["completion_tokens"] > 0


def test_models_and_health_answer(served: Served) -> None:
    assert httpx.get(f"{served.url}/v1/models").json()["data"][0]["id"] == "nyay-ai"
    assert httpx.get(f"{served.url}/health").json()["status"] == "ok"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "messages: Field required"),
        ({"messages": []}, "messages: List should have at least 1 item"),
        ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.role: Input should be"),
        ({"messages": [{"role": "user", "content": "x"}], "temperature": 9}, "temperature: Input should be less"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "messages.0.content"),
    ],
)
def test_a_request_that_cannot_be_answered_is_refused_in_words(served: Served, body: dict[str, Any], told: str) -> None:
    answer = httpx.post(f"{served.url}/v1/chat/completions", json=body)
    assert answer.status_code == 400 and answer.json()["error"]["message"].startswith(told)


def test_a_page_under_another_name_is_not_answered(served: Served) -> None:
    assert httpx.get(f"{served.url}/v1/models", headers={"host": "evil.example"}).status_code == 400


def test_a_listener_that_goes_away_does_not_hold_up_the_next(served: Served) -> None:
    """Also where hundreds of tokens make no letter, as with these seeds: no piece comes at which one could look."""
    before = served.answered
    for seed in SILENT_FOR_LONG:
        body = {"messages": [{"role": "user", "content": QUESTION}], "stream": True, "max_tokens": 600, "seed": seed}
        with httpx.stream("POST", f"{served.url}/v1/chat/completions", json=body) as answer:
            next(answer.iter_lines())
    start = time.monotonic()
    assert words(served.ask(QUESTION)) and time.monotonic() - start < 10
    assert served.answered < before + 1 + len(SILENT_FOR_LONG), "not one of them was given up"


def test_a_taken_port_and_the_network_are_refused_in_one_line(config_file: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = nyay(config_file, "serve", "--port", str(taken.getsockname()[1]))
    assert refused.returncode == 1 and len(refused.stderr.splitlines()) == 1
    assert "of 127.0.0.1 cannot be had (Address already in use); stop what listens there" in refused.stderr
    for host, told in (
        ("0.0.0.0", "lets other machines ask, without a password"),
        ("nyay.example", "is no IP address"),
    ):
        refused = nyay(config_file, "serve", "--host", host)
        assert refused.returncode == 1 and told in refused.stderr and len(refused.stderr.splitlines()) == 1


def test_another_run_is_served_when_it_is_named(config_file: Path, served: Served) -> None:
    with serving(config_file, "--run", "new") as other:
        assert words(other.ask(QUESTION)) != words(served.ask(QUESTION))


def test_the_server_ends_with_its_parent_however_that_ends(config_file: Path) -> None:
    command = [sys.executable, "-m", "flows.cli", "serve", "--config", str(config_file), "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None and " answers at " in process.stderr.readline()
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.wait()
    process.stderr.close()
    assert psutil.wait_procs(children, timeout=10)[1] == []


def test_mlx_answers_from_the_merged_model_and_agrees(config_file: Path) -> None:
    answers = [nyay(config_file, "ask", QUESTION, "--max-tokens", "12", "--via", way) for way in ("mlx", "gguf")]
    assert [answer.returncode for answer in answers] == [0, 0], answers[0].stderr
    # The random model also says bytes that are no letters: one shows them, the other neither shows nor counts them.
    spoken = answers[0].stdout.replace("\ufffd", "").strip()
    assert spoken and answers[1].stdout.strip().startswith(spoken)
    assert answers[0].stderr.startswith("run old, MLX; check every citation")


def test_the_operative_order_reaches_a_server_and_made_up_references_are_named(
    config_file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "judgment.txt"
    path.write_text(judgment(5000))
    with OpenAIServer() as server:
        server.answer = "Allowed under Section 302 of the Indian Penal Code on 11.04.2023."
        asked = nyay(config_file, "ask", QUESTION, "--file", str(path), "--via", server.address)
    sent = server.asked[0]["messages"][-1]["content"]
    assert ORDER in sent and sent.startswith(QUESTION) and len(sent) < len(judgment(5000)) / 4
    assert asked.stdout == server.answer + "\n"
    assert asked.stderr.splitlines()[-1].endswith("judgment.txt: statute IPC:302")
    assert "NOT SUPPORTED by" in asked.stderr and "are left out of the middle" in asked.stderr


def test_a_judgment_may_come_from_standard_input_with_a_question_of_ours(config_file: Path) -> None:
    with OpenAIServer() as server:
        asked = nyay(config_file, "ask", "--file", "-", "--via", server.address, given=ORDER)
    assert server.asked[0]["messages"][-1]["content"].startswith("Summarize this judgment")
    assert asked.returncode == 0 and "left out" not in asked.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "nothing is asked; say what"),
        (["Why?", "--via", "telepathy"], "--via 'telepathy' is none of gguf, mlx, ollama"),
        (["Why?", "--via", "http://127.0.0.1:9"], "no server answers"),
        (["Why?", "--run", "nosuch"], "run 'nosuch' has no model"),
        (["Why?", "--run", "new", "--via", "ollama"], "run 'new' is not in Ollama"),
        (["Why?", "--file", "nosuch.pdf"], "nosuch.pdf: cannot be read"),
    ],
)
def test_what_cannot_be_asked_is_one_line(config_file: Path, arguments: list[str], told: str) -> None:
    refused = nyay(config_file, "ask", *arguments)
    assert (refused.returncode, refused.stdout, len(refused.stderr.splitlines())) == (1, "", 1), refused.stderr
    assert told in refused.stderr
