import json
import shutil
from pathlib import Path

import jinja2
import pytest

from nyay_lib.base_model.tokenizer import eos_token_ids, install_tokenizer, load_tokenizer, vocabulary
from nyay_lib.errors import BaseModelError
from nyay_lib.files import write_json
from nyay_lib.prompt import LLAMA3, conversation


@pytest.fixture
def source(tiny: Path, tmp_path: Path) -> Path:
    return shutil.copytree(tiny, tmp_path / "source")


def test_the_one_template_takes_the_place_of_all_others(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    (target / "additional_chat_templates").mkdir(parents=True)
    (target / "chat_template.jinja").write_text("{{ today }}")
    (source / "chat_template.jinja").write_text("{{ today }}")
    install_tokenizer(source, target)
    assert json.loads((target / "tokenizer_config.json").read_text())["chat_template"] == LLAMA3.jinja
    assert not list(target.glob("*chat_template*"))


def test_nothing_else_of_the_tokenizer_is_changed(source: Path, tmp_path: Path) -> None:
    config = json.loads((source / "tokenizer_config.json").read_text())
    write_json(source / "tokenizer_config.json", config | {"chat_template": [{"name": "x"}], "model_max_length": 7})
    install_tokenizer(source, tmp_path / "target")
    installed = json.loads((tmp_path / "target" / "tokenizer_config.json").read_text())
    assert installed == config | {"model_max_length": 7}
    for name in ("tokenizer.json", "special_tokens_map.json"):
        assert (tmp_path / "target" / name).read_bytes() == (source / name).read_bytes()


def test_installing_twice_changes_nothing(source: Path) -> None:
    before = (source / "tokenizer_config.json").read_bytes()
    install_tokenizer(source, source)
    assert (source / "tokenizer_config.json").read_bytes() == before


def test_a_rendered_conversation_has_one_bos(source: Path) -> None:
    template = json.loads((source / "tokenizer_config.json").read_text())["chat_template"]
    text = jinja2.Template(template).render(messages=conversation("Why?"), add_generation_prompt=True)
    ids = load_tokenizer(source).encode(text).ids
    assert ids.count(vocabulary(source)[LLAMA3.bos]) == 1
    assert ids[0] == vocabulary(source)[LLAMA3.bos]


def test_a_missing_or_damaged_tokenizer_is_refused(source: Path) -> None:
    (source / "tokenizer.json").write_text("{}")
    with pytest.raises(BaseModelError, match="cannot be read as a tokenizer"):
        load_tokenizer(source)
    (source / "tokenizer.json").unlink()
    with pytest.raises(BaseModelError, match=r"no tokenizer\.json"):
        load_tokenizer(source)


@pytest.mark.parametrize(
    ("generation", "config", "ids"),
    [([5, 6], 6, (5, 6)), (None, 7, (7,)), (8, [8, 9], (8, 9))],
)
def test_all_ends_of_an_answer_are_found(tmp_path: Path, generation: object, config: object, ids: object) -> None:
    write_json(tmp_path / "generation_config.json", {"eos_token_id": generation})
    write_json(tmp_path / "config.json", {"eos_token_id": config})
    assert eos_token_ids(tmp_path) == ids


def test_a_model_without_an_end_is_refused(tmp_path: Path) -> None:
    write_json(tmp_path / "config.json", {})
    with pytest.raises(BaseModelError, match="names no eos_token_id"):
        eos_token_ids(tmp_path)
