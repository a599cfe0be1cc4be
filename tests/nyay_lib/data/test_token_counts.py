"""Tokens counted in batches are those counted one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from nyay_lib.base_model import load_tokenizer
from nyay_lib.base_model.tiny import make_tiny
from nyay_lib.data import token_counts as module
from nyay_lib.data.token_counts import batches, token_counts
from tests.nyay_lib.data.judgments import BAIL_1, LAND_1


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    folder = tmp_path_factory.mktemp("tiny") / "model"
    make_tiny(folder)
    return load_tokenizer(folder)


@pytest.mark.parametrize("characters", [1, 500, 1 << 20])
def test_counts_are_those_of_each_text_in_order(
    tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch, characters: int
) -> None:
    monkeypatch.setattr(module, "BATCH_CHARACTERS", characters)
    texts = [LAND_1, "", LAND_1, BAIL_1, "धारा 302", "\U0001f600<|eot_id|>", LAND_1]
    expected = [len(tokenizer.encode(text, add_special_tokens=False).ids) for text in texts]
    assert list(token_counts(tokenizer, iter(texts))) == expected


def test_no_texts_no_counts(tokenizer: Tokenizer) -> None:
    assert list(token_counts(tokenizer, [])) == []


@given(st.lists(st.text(max_size=9)))
def test_batches_are_the_texts_and_few_characters_over(texts: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "BATCH_CHARACTERS", 10)
        found = list(batches(texts))
    assert [text for batch in found for text in batch] == texts
    assert all(sum(map(len, batch[:-1])) < 10 for batch in found)


def test_texts_are_taken_as_they_come(tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH_CHARACTERS", 10)
    taken: list[int] = []
    counts = token_counts(tokenizer, (taken.append(n) or "a long enough text" for n in range(100)))
    next(counts)
    assert taken == [0]
