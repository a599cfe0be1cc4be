"""The same against a real server: what it takes, what it shows, and what it says."""

import ast
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from nyay_lib.base_model.embedded import embedded_gguf
from nyay_lib.config import PipelineConfig, RegistryConfig
from nyay_lib.errors import DamagedError, RegistryError
from nyay_lib.evaluation.verdict import Verdict
from nyay_lib.export.model_files import Gguf
from nyay_lib.prompt import CHATML, LLAMA3, SYSTEM_PROMPT, ChatFormat, Message, conversation
from nyay_lib.registry.client import Client
from nyay_lib.registry.modelfile import card, modelfile
from nyay_lib.registry.ollama import copy, delete, differences, register, tags
from nyay_lib.registry.release import release
from nyay_lib.registry.smoke import SmokeFailure, smoke_test
from nyay_lib.registry.unloading import unload_models
from nyay_lib.runs import RunDir
from tests.conversations import CONVERSATIONS

pytestmark = [pytest.mark.ollama, pytest.mark.slow]
REGISTRY = RegistryConfig(num_ctx=1024)
MakeRun = Callable[[str], tuple[RunDir, Gguf]]
Describe = Callable[[Path], Gguf]


def put(where: str, tag: str, gguf: Gguf, chat: ChatFormat) -> None:
    register(where, tag, gguf, card(chat, REGISTRY, "mit"), lambda done, total: None)


def test_show_gives_what_was_told(real_ollama: str, gguf: Gguf) -> None:
    put(real_ollama, "t:show", gguf, LLAMA3)
    with Client(real_ollama) as client:
        shown = client.show("t:show")
    assert shown is not None and differences(shown, card(LLAMA3, REGISTRY, "mit"), gguf.sha256) == []
    assert (shown.system, shown.blob) == (SYSTEM_PROMPT, gguf.sha256)


def test_registering_again_finds_it_there(real_ollama: str, gguf: Gguf) -> None:
    told = card(LLAMA3, REGISTRY, "mit")
    first = register(real_ollama, "t:again", gguf, told, lambda done, total: None)
    second = register(real_ollama, "t:again", gguf, told, lambda done, total: None)
    assert (first.reused, second.reused) == (False, True) and first.digest == second.digest


def test_a_real_model_passes_the_smoke_test(real_ollama: str, described: Describe) -> None:
    put(real_ollama, "t:real", described(embedded_gguf()), CHATML)
    assert "302" in smoke_test(real_ollama, "t:real", CHATML).text


def test_another_template_fails_the_smoke_test(real_ollama: str, described: Describe) -> None:
    put(real_ollama, "t:wrong", described(embedded_gguf()), LLAMA3)
    with pytest.raises(SmokeFailure, match="by our template"):
        smoke_test(real_ollama, "t:wrong", CHATML)


@pytest.mark.parametrize("messages", CONVERSATIONS, ids=[str(n) for n in range(len(CONVERSATIONS))])
def test_a_conversation_is_rendered_as_we_do_it(
    real_ollama: str, ollama_home: Path, gguf: Gguf, messages: list[Message]
) -> None:
    put(real_ollama, "t:rendered", gguf, LLAMA3)
    log = ollama_home / "serve.log"
    start = log.stat().st_size
    with Client(real_ollama) as client:
        client.chat("t:rendered", messages, {"num_predict": 1, "temperature": 0})
    told = log.read_bytes()[start:].decode()
    [rendered] = re.findall(r'msg="completion request" prompt=("(?:[^"\\]|\\.)*")', told)
    # The server puts the BOS token before it, once, as the test below shows.
    assert unquoted(rendered) == LLAMA3.prompt(messages).removeprefix(LLAMA3.bos)


def unquoted(text: str) -> str:
    """A string literal of Go, as its log writes one."""
    escapes = r"\\(?:u[0-9a-f]{4}|U[0-9a-f]{8}|x[0-9a-f]{2}|.)"
    return re.sub(escapes, lambda found: ast.literal_eval(f'"{found.group()}"'), text[1:-1])


def test_ollama_puts_the_bos_token_itself_and_only_once(real_ollama: str, gguf: Gguf) -> None:
    put(real_ollama, "t:bos", gguf, LLAMA3)
    text, options = LLAMA3.prompt(conversation("What is bail?")), {"num_predict": 1, "temperature": 0}
    with Client(real_ollama) as client:
        bare = client.complete("t:bos", text.removeprefix(LLAMA3.bos), options)
        doubled = client.complete("t:bos", text, options)
        chatted = client.chat("t:bos", conversation("What is bail?"), options)
    assert bare.prompt_tokens is not None and doubled.prompt_tokens == bare.prompt_tokens + 1
    assert chatted.prompt_tokens == bare.prompt_tokens


def test_a_modelfile_is_read_as_it_was_meant(real_ollama: str, gguf: Gguf, tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    (folder / "m.gguf").symlink_to(gguf.path)
    licence = 'two\nlines "quoted"\n'
    (folder / "Modelfile").write_text(modelfile(folder / "m.gguf", LLAMA3, REGISTRY, licence))
    settings = os.environ | {"OLLAMA_HOST": real_ollama, "HOME": str(tmp_path)}
    command = [os.environ["NYAY_OLLAMA"], "create", "t:file", "-f", str(folder / "Modelfile")]
    subprocess.run(command, env=settings, check=True, capture_output=True)
    with Client(real_ollama) as client:
        shown = client.show("t:file")
    assert shown is not None and differences(shown, card(LLAMA3, REGISTRY, licence), gguf.sha256) == []


def test_copies_and_deletions(real_ollama: str, gguf: Gguf) -> None:
    put(real_ollama, "t:one", gguf, LLAMA3)
    copy(real_ollama, "t:one", "t:production")
    delete(real_ollama, "t:one")
    delete(real_ollama, "t:one")
    assert "t:production" in tags(real_ollama) and "t:one" not in tags(real_ollama)
    with pytest.raises(RegistryError, match="not found"):
        copy(real_ollama, "t:one", "t:production")


def test_a_loaded_model_is_unloaded_before_training(real_ollama: str, config: PipelineConfig, gguf: Gguf) -> None:
    put(real_ollama, "t:loaded", gguf, LLAMA3)
    here = config.model_copy(update={"registry": config.registry.model_copy(update={"host": real_ollama})})
    with Client(real_ollama) as client:
        # A context of its own: what Ollama has loaded under another tag of the same file would answer to that one.
        client.complete("t:loaded", "bail", {"num_predict": 1, "num_ctx": 64})
        assert client.loaded()["t:loaded"] > 0
        said = unload_models(here)
        assert client.loaded() == {}
    assert "t:loaded" in said and "still loaded" not in said


@pytest.mark.parametrize("keep", [3000, 100])
def test_a_file_that_was_cut_is_refused_in_the_stream(
    real_ollama: str, gguf: Gguf, described: Describe, tmp_path: Path, keep: int
) -> None:
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(gguf.path.read_bytes()[:keep])
    with pytest.raises(RegistryError, match="refused to make the model"):
        put(real_ollama, "t:cut", described(cut), LLAMA3)
    assert "t:cut" not in tags(real_ollama)


def test_a_file_that_lost_its_end_is_found_out_at_the_first_question(
    real_ollama: str, gguf: Gguf, described: Describe, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(gguf.path.read_bytes()[:-64])
    put(real_ollama, "t:end", described(cut), LLAMA3)
    with pytest.raises(RegistryError, match="unable to load"):
        smoke_test(real_ollama, "t:end", LLAMA3)


def test_another_digest_is_refused_here_and_by_the_server(real_ollama: str, gguf: Gguf) -> None:
    other = "3" * 64
    with pytest.raises(DamagedError, match="its SHA-256 is another"):
        put(real_ollama, "t:digest", gguf.model_copy(update={"sha256": other}), LLAMA3)
    with Client(real_ollama) as client, pytest.raises(RegistryError, match="another file than was exported"):
        client.upload(gguf.path, other, lambda done, total: None)


def test_two_models_go_live_one_after_the_other(
    real_ollama: str, config: PipelineConfig, make_run: MakeRun, passed: Verdict
) -> None:
    registry = config.registry.model_copy(update={"host": real_ollama, "name": "nyay-real"})
    config = config.model_copy(update={"registry": registry})
    for run_id in ("first", "second"):
        run, gguf = make_run(run_id)
        result = release(config, run, gguf, passed, LLAMA3, "llama3.2", lambda done, total: None)
        found = tags(real_ollama)
        assert result.registered and found[f"nyay-real:{run_id}-f16"]
        if result.promoted:  # random weights need not stop
            assert found["nyay-real:production"] == found[f"nyay-real:{run_id}-f16"] == found["nyay-real:latest"]
