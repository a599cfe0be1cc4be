"""The tokenizer in the file gives the same tokens in llama.cpp as in Hugging Face's library."""

import itertools
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from llama_cpp import Llama

from nyay_lib.base_model.tokenizer import load_tokenizer
from nyay_lib.export.gguf_tokenizer import CONTROL, NORMAL, USER_DEFINED, read_tokenizer
from nyay_lib.export.llama_config import read_llama_config
from tests.nyay_lib.export.model_folder import Model

STRINGS = 3_000
TEXT = """
The appellant Section 302 IPC, 1860 Rs. 25,000/- ₹1,00,000 ₹ § §34 धारा ३०२ भारतीय दंड संहिता न्यायालय क्षमा श्रीमान् क्ष
😀 👩\u200d⚖️ 🇮🇳 ½ Ⅷ ² don't I'LL we've 'S THE\u2019S — \u2013 “quoted” <| |> <b> é ñ Ünï 中文 テスト العربية
1234567 12a b34 _ __ ... !!! ?? \u200d \u200c \u017f '\u017f \u212a ક ખ ਪ ತ త മ \\ \x00 \x1b \x7f
[2023] AIR HCBM030212662025 (2019) 4 SCC 1; u/s 138 r/w 34
"""
WORDS = TEXT.split()
BLANKS = [" ", "  ", "    ", "\n", "\n\n", "\n \n", "\t", "\r\n", "\r", "\u00a0", "\u3000"]


def strings(special: list[str]) -> Iterator[str]:
    """Mixtures of words, blanks, digits, special tokens and any characters; the same every time."""
    random_ = random.Random(7)
    kinds: list[Callable[[], str]] = [
        lambda: random_.choice(WORDS),
        lambda: random_.choice(WORDS),
        lambda: random_.choice(BLANKS),
        lambda: random_.choice(special),
        lambda: chr(random_.randint(0x900, 0x97F)),
        lambda: str(random_.randrange(10 ** random_.randint(1, 9))),
        lambda: chr(random_.choice([random_.randint(1, 0xD7FF), random_.randint(0xE000, 0x10FFFF)])),
    ]
    while True:
        yield "".join(random_.choice(kinds)() for _ in range(random_.randint(1, 20)))


def mismatches(folder: Path, model: Llama) -> list[str]:
    """Strings whose tokens differ, among those whose every byte is in the vocabulary.

    SmolLM2 lacks some bytes of control and unassigned characters. Both libraries leave them out, but Hugging Face's
    then merges what stood on their two sides.
    """
    tokenizer = load_tokenizer(folder)
    special = [token.content for token in tokenizer.get_added_tokens_decoder().values()]
    missing = {byte for byte, letter in bytes_to_unicode().items() if tokenizer.token_to_id(letter) is None}
    known = itertools.islice((s for s in strings(special) if missing.isdisjoint(s.encode())), STRINGS)
    return [
        text
        for text in known
        if tokenizer.encode(text, add_special_tokens=False).ids
        != model.tokenize(text.encode(), add_bos=False, special=True)
    ]


def bytes_to_unicode() -> dict[int, str]:
    """Byte-level BPE's letter for each byte (openai/gpt-2, encoder.py): itself if printable, else one from U+0100."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    return {byte: chr(byte) for byte in printable} | {byte: chr(256 + n) for n, byte in enumerate(others)}


@pytest.mark.parametrize("name", ["tiny", "smollm"])
def test_llama_cpp_gives_the_same_tokens(name: str, request: pytest.FixtureRequest, load: Any) -> None:
    folder, path = (request.getfixturevalue(f"{name}_{kind}") for kind in ("folder", "gguf"))
    assert mismatches(folder, load(path, vocab_only=True)) == []


def test_token_that_is_added_but_not_special_is_cut_out_too(model: Model, load: Any) -> None:
    def add(tokenizer: Any) -> None:
        tokenizer["added_tokens"].append(
            tokenizer["added_tokens"][-1] | {"id": 475, "content": "§34", "special": False}
        )

    model.edit("tokenizer.json", add)
    model.save(
        model.tensors | {"model.embed_tokens.weight": model.tensors["model.embed_tokens.weight"][[*range(475), 0]]}
    )
    model.config(vocab_size=476)
    assert read_tokenizer(model.folder, read_llama_config(model.folder)).types[475] == USER_DEFINED
    assert mismatches(model.folder, load(model.write(), vocab_only=True)) == []


def test_special_tokens_are_control_and_the_others_normal(tiny_folder: Path) -> None:
    tokenizer = read_tokenizer(tiny_folder, read_llama_config(tiny_folder))
    control = [token for token, kind in zip(tokenizer.tokens, tokenizer.types, strict=True) if kind == CONTROL]
    assert len(control) == 5 and all(token.startswith("<|") for token in control)
    assert set(tokenizer.types) == {NORMAL, CONTROL}


def test_pre_tokenizer_is_told_by_structure(tiny_folder: Path, smollm_folder: Path) -> None:
    found = [read_tokenizer(folder, read_llama_config(folder)).pre for folder in (tiny_folder, smollm_folder)]
    assert found == ["llama-bpe", "smollm"]


def test_merges_written_as_strings_are_the_same(model: Model) -> None:
    config = read_llama_config(model.folder)
    pairs = read_tokenizer(model.folder, config).merges
    model.edit("tokenizer.json", lambda t: t["model"].update(merges=pairs))
    assert read_tokenizer(model.folder, config).merges == pairs


def test_merges_with_blanks_inside_are_written_in_bytes(model: Model) -> None:
    model.edit("tokenizer.json", lambda t: t["model"]["merges"].append(["a b", "c"]))
    assert read_tokenizer(model.folder, read_llama_config(model.folder)).merges[-1] == "aĠb c"


def test_without_declared_ends_the_turn_ends_the_answer(model: Model) -> None:
    model.config(eos_token_id=None)
    (model.folder / "generation_config.json").unlink()
    tokenizer = read_tokenizer(model.folder, read_llama_config(model.folder))
    assert tokenizer.ends == [474] and tokenizer.tokens[474] == "<|eot_id|>"


def test_negative_padding_id_means_none(model: Model) -> None:
    model.config(pad_token_id=-1)
    assert read_tokenizer(model.folder, read_llama_config(model.folder)).pad is None
