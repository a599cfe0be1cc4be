"""The base model: pin, fetch, verify, describe, and install its tokenizer with the one chat template."""

from nyay_lib.base_model.fetch import check_source, fetch_source
from nyay_lib.base_model.source import SourceCheck, SourceModel
from nyay_lib.base_model.tokenizer import eos_token_ids, install_tokenizer, load_tokenizer, vocabulary

__all__ = [
    "SourceCheck",
    "SourceModel",
    "check_source",
    "eos_token_ids",
    "fetch_source",
    "install_tokenizer",
    "load_tokenizer",
    "vocabulary",
]
