"""The base model: pin, fetch, verify, describe, and install its tokenizer with the one chat template."""

from nyay_lib.base_model.fetch import check_source, fetch_source
from nyay_lib.base_model.source import SourceCheck, SourceModel

__all__ = ["SourceCheck", "SourceModel", "check_source", "fetch_source"]
