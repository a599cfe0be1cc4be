import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file  # pyright: ignore[reportUnknownVariableType]

from nyay_lib.base_model.tiny import PARAMETERS, TOKENS, TinyShape, make_tiny
from nyay_lib.base_model.tokenizer import eos_token_ids, load_tokenizer, vocabulary
from nyay_lib.prompt import LLAMA3, chat_format
from tests.folders import digest_folder

# When this changes, raise from_package.RECIPE: caches hold the old model otherwise.
DIGEST = "e0608e0442c2db93140f59cd2ee80d12bf4339153af0375c64aa62ac5993e3e0"


def test_bytes_are_the_known_ones(tiny: Path) -> None:
    assert digest_folder(tiny) == DIGEST


def test_another_process_makes_the_same_bytes(tiny: Path, tmp_path: Path) -> None:
    code = "import sys, pathlib; from nyay_lib.base_model.tiny import make_tiny; make_tiny(pathlib.Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "again")], check=True)
    assert digest_folder(tmp_path / "again") == digest_folder(tiny)


def test_another_seed_makes_other_weights(tiny: Path, tmp_path: Path) -> None:
    make_tiny(tmp_path / "other", seed=1)
    first, second = (load_file(folder / "model.safetensors") for folder in (tiny, tmp_path / "other"))
    assert first.keys() == second.keys()
    assert not np.array_equal(first["model.embed_tokens.weight"], second["model.embed_tokens.weight"])


def test_parameters_are_counted_right(tiny: Path) -> None:
    assert sum(w.size for w in load_file(tiny / "model.safetensors").values()) == PARAMETERS


def test_it_speaks_the_llama_3_format(tiny: Path) -> None:
    assert len(vocabulary(tiny)) == TOKENS
    assert chat_format(vocabulary(tiny)) == LLAMA3
    assert [load_tokenizer(tiny).id_to_token(n) for n in eos_token_ids(tiny)] == ["<|end_of_text|>", "<|eot_id|>"]


def test_any_text_survives_the_tokenizer(tiny: Path) -> None:
    text = "§ 302 धारा ३०२ ₹1,25,000 \U0001f642\n\n\t x"
    tokenizer = load_tokenizer(tiny)
    assert tokenizer.decode(tokenizer.encode(text).ids) == text


def test_shapes_can_be_chosen(tmp_path: Path) -> None:
    scaling = {"rope_type": "llama3", "factor": 32.0}
    make_tiny(tmp_path / "m", TinyShape(hidden=512, layers=1, vocab=512, rope_scaling=scaling))
    config = json.loads((tmp_path / "m" / "config.json").read_text())
    weights = load_file(tmp_path / "m" / "model.safetensors")
    assert (config["vocab_size"], config["num_hidden_layers"], config["rope_scaling"]) == (512, 1, scaling)
    assert weights["model.embed_tokens.weight"].shape == (512, 512)
    assert weights["model.layers.0.self_attn.k_proj.weight"].shape == (256, 512)
