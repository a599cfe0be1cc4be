"""Tokens counted word by word are those of the whole text."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from nyay_lib.base_model.embedded import embedded_tokenizer
from nyay_lib.base_model.tiny import tiny_tokenizer
from nyay_lib.data import token_counts as module
from nyay_lib.data.records import Record, read_records
from nyay_lib.data.token_counts import TokenCounter, cuts_at_blanks

SAMPLE = Path(__file__).parents[3] / "data/sample/train.jsonl"
PIECES = [
    *(
        "the",
        "Section 302",
        "5,00,000/-",
        "'s",
        "(",
        ".",
        "<|eot_id|>",
        "<|im_end|>",
        "धारा",
        "कि",
        "é",
        "😀",
        "1",
        "_",
    ),
    *(" ", "  ", "\n", "\n\n", "\t", "\r\n", "\u00a0", "\u200b", "\u0301", "\u2028", " a", "b ", "x" * 30),
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=40).map("".join)


@pytest.fixture(scope="module", params=[tiny_tokenizer, embedded_tokenizer], ids=["llama3", "smollm"])
def tokenizer(request: pytest.FixtureRequest) -> Tokenizer:
    return request.param()


def whole(tokenizer: Tokenizer, text: str) -> int:
    return len(tokenizer.encode(text, add_special_tokens=False).ids)


@settings(deadline=None, max_examples=400)
@given(text=TEXTS)
def test_any_text_has_the_tokens_of_its_words(tokenizer: Tokenizer, text: str) -> None:
    assert TokenCounter(tokenizer).count(text) == whole(tokenizer, text)


def test_judgments_in_both_languages_have_the_tokens_of_their_words(tokenizer: Tokenizer) -> None:
    counter = TokenCounter(tokenizer)
    texts = [record.input for record in read_records(SAMPLE) if isinstance(record, Record)]
    assert cuts_at_blanks(tokenizer) and any(not text.isascii() for text in texts)
    assert [counter.count(text) for text in texts] == [whole(tokenizer, text) for text in texts]


def test_what_is_known_is_bounded_and_forgotten_words_are_learnt_again(
    tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KNOWN_WORDS", 50)
    monkeypatch.setattr(module, "WORDS_AT_ONCE", 7)
    counter = TokenCounter(tokenizer)
    texts = [" ".join(f"w{n}" for n in range(start, start + 40)) for start in (0, 20, 40, 60, 0)]
    assert [counter.count(text) for text in texts] == [whole(tokenizer, text) for text in texts]


def test_a_tokenizer_that_joins_across_blanks_counts_by_itself() -> None:
    vocabulary = {letter: n for n, letter in enumerate("ab ")} | {"a b": 3, "a ": 4}
    joins = Tokenizer(models.BPE(vocab=vocabulary, merges=[("a", " "), ("a ", "b")]))
    assert not cuts_at_blanks(joins) and TokenCounter(joins).count("a b") == 1
    joins.pre_tokenizer = pre_tokenizers.Split("|", "isolated")
    assert not cuts_at_blanks(joins)


def test_a_normaliser_or_a_token_with_a_blank_leaves_the_counting_to_the_tokenizer() -> None:
    normalised, added = tiny_tokenizer(), tiny_tokenizer()
    normalised.normalizer = normalizers.Replace(" x", "")
    added.add_tokens(["The High Court"])
    for tokenizer in (normalised, added):
        assert not cuts_at_blanks(tokenizer)
        assert TokenCounter(tokenizer).count("The High Court is x at x") == whole(tokenizer, "The High Court is x at x")
