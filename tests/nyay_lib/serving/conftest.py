"""The budget of the tiny model."""

import pytest

from nyay_lib.base_model.tiny import tiny_tokenizer
from nyay_lib.base_model.tokenizer import plain
from nyay_lib.data.budget import Budget
from nyay_lib.prompt import LLAMA3


@pytest.fixture(scope="session")
def budget() -> Budget:
    """768 tokens for prompt and answer."""
    return Budget(plain(tiny_tokenizer()), LLAMA3, 768)
