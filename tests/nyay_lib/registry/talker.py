"""A model of a few kilobytes that always says the same sentence and then stops, at the speed of nothing."""

from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from nyay_lib.base_model.json_object import read_object
from nyay_lib.base_model.tiny import EOT, make_tiny
from nyay_lib.base_model.tokenizer import load_tokenizer
from nyay_lib.export.gguf import write_gguf
from nyay_lib.files import write_json
from nyay_lib.prompt import LLAMA3


def make_talker(folder: Path, sentence: str) -> Path:
    """A GGUF whose next token follows from the last one alone: no layer adds anything, and the head looks it up.

    No token may stand twice in ``sentence``.
    """
    make_tiny(folder)
    tokenizer = load_tokenizer(folder)
    said = tokenizer.encode(sentence, add_special_tokens=False).ids
    begin = tokenizer.encode(LLAMA3.open("assistant"), add_special_tokens=False).ids[-1]
    chain = [begin, *said, tokenizer.token_to_id(EOT)]
    assert len(set(chain)) == len(chain), "a token stands twice"
    weights = load_file(folder / "model.safetensors")
    silent = [name for name in weights if name.endswith(("o_proj.weight", "down_proj.weight"))]
    weights |= {name: np.zeros_like(weights[name]) for name in silent}
    embedded = weights["model.embed_tokens.weight"]
    head = np.zeros_like(embedded)
    head[chain[1:]] = embedded[chain[:-1]] * 8
    save_file(weights | {"lm_head.weight": head}, folder / "model.safetensors", metadata={"format": "pt"})
    write_json(folder / "config.json", read_object(folder / "config.json") | {"tie_word_embeddings": False})
    return write_gguf(folder, folder.with_suffix(".gguf"), name="Talker").path
