"""The Modelfile: complete, and quoted so that Ollama reads back what was meant."""

from pathlib import Path

import pytest

from nyay_lib.config import RegistryConfig
from nyay_lib.errors import RegistryError
from nyay_lib.prompt import CHATML, LLAMA3, SYSTEM_PROMPT, ChatFormat
from nyay_lib.registry.modelfile import card, modelfile


def test_the_modelfile_of_a_llama_3(tmp_path: Path) -> None:
    text = modelfile(tmp_path / "m.gguf", LLAMA3, RegistryConfig(), "llama3.2")
    assert text == (
        f"FROM {tmp_path}/m.gguf\n"
        'TEMPLATE """{{- range .Messages }}<|start_header_id|>{{ .Role }}<|end_header_id|>\n\n'
        "{{ .Content }}<|eot_id|>{{ end }}<|start_header_id|>assistant<|end_header_id|>\n\n"
        '"""\n'
        f'SYSTEM """{SYSTEM_PROMPT}"""\n'
        'PARAMETER stop """<|start_header_id|>"""\n'
        'PARAMETER stop """<|end_header_id|>"""\n'
        'PARAMETER stop """<|eot_id|>"""\n'
        'PARAMETER stop """<|end_of_text|>"""\n'
        "PARAMETER temperature 0.7\n"
        "PARAMETER top_p 0.9\n"
        "PARAMETER num_ctx 4096\n"
        'LICENSE """llama3.2"""\n'
    )


@pytest.mark.parametrize("chat", [LLAMA3, CHATML])
def test_the_card_holds_what_the_modelfile_says(chat: ChatFormat) -> None:
    told = card(chat, RegistryConfig(temperature=0.2), "mit")
    assert (told.template, told.system, told.licence) == (chat.go, SYSTEM_PROMPT, "mit")
    assert told.parameters["stop"] == list(chat.stops) and told.parameters["temperature"] == 0.2


def test_a_relative_path_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert f"FROM {tmp_path}/m.gguf\n" in modelfile(Path("m.gguf"), CHATML, RegistryConfig(), "mit")


def test_a_text_that_cannot_be_quoted_is_refused() -> None:
    with pytest.raises(RegistryError, match="three quotes"):
        modelfile(Path("m.gguf"), CHATML, RegistryConfig(), 'a """licence"""')
    with pytest.raises(RegistryError, match=r"paths\.runs"):
        modelfile(Path("a\nb.gguf"), CHATML, RegistryConfig(), "mit")
