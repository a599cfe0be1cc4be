"""The tokenizer files of a model folder: written, copied with the one chat template, and read."""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Tokenizer, processors

from nyay_lib.base_model.json_object import read_object
from nyay_lib.errors import BaseModelError
from nyay_lib.files import write_json
from nyay_lib.prompt import chat_format

TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
)


def add_special_tokens(tokenizer: Tokenizer, words: Iterable[str]) -> None:
    """Let text be cut at ``words`` before anything else; those without an id get the next ones."""
    added = [AddedToken(word, special=True, normalized=False) for word in words]
    tokenizer.add_special_tokens(added)  # pyright: ignore[reportUnknownMemberType] (the library's stub is partial)


def write_tokenizer(folder: Path, tokenizer: Tokenizer, named: dict[str, str], longest: int) -> None:
    """Write the files that Hugging Face keeps for a tokenizer.

    ``named`` gives the special tokens by role (``bos_token``, ``eos_token`` ...); ``longest`` counts tokens.
    """
    added = {str(token): _flags(word) for token, word in sorted(tokenizer.get_added_tokens_decoder().items())}
    tokenizer.save(str(folder / "tokenizer.json"))
    write_json(folder / "special_tokens_map.json", named)
    # The plain class takes tokenizer.json as it stands; a model's own class would rebuild the pre-tokenizer.
    write_json(
        folder / "tokenizer_config.json",
        {
            "added_tokens_decoder": added,
            **named,
            "clean_up_tokenization_spaces": False,
            "model_max_length": longest,
            "tokenizer_class": "PreTrainedTokenizerFast",
        },
    )
    install_tokenizer(folder, folder)


def _flags(word: AddedToken) -> dict[str, Any]:
    """An added token as tokenizer_config.json writes it."""
    flags = {name: getattr(word, name) for name in ("lstrip", "normalized", "rstrip", "single_word", "special")}
    return {"content": word.content, **flags}


def install_tokenizer(source: Path, target: Path) -> None:
    """Copy the tokenizer files of ``source`` into ``target``, where the one chat template takes the place of theirs.

    ``add_bos_token`` is set to whether the family's conversations open with that token: it then stands there once,
    written by the template, or by a server that is given text without it. Nothing else is changed.
    Raises BaseModelError if there is no tokenizer.json, or the model is of no family with a known chat format.
    """
    form = chat_format(vocabulary(source))
    target.mkdir(parents=True, exist_ok=True)
    for name in TOKENIZER_FILES:
        if (source / name).is_file() and source != target:
            shutil.copyfile(source / name, target / name)
    for stale in (target / "chat_template.jinja", target / "chat_template.json"):
        stale.unlink(missing_ok=True)
    shutil.rmtree(target / "additional_chat_templates", ignore_errors=True)
    path = target / "tokenizer_config.json"
    config = read_object(path) if path.exists() else {}
    write_json(path, config | {"add_bos_token": bool(form.bos), "chat_template": form.jinja})


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a model folder. It adds no token by itself: conversations carry their own special tokens.

    Raises BaseModelError if tokenizer.json is missing or cannot be read.
    """
    path = folder / "tokenizer.json"
    if not path.is_file():
        raise BaseModelError(f"{folder}: has no tokenizer.json; save the model with its fast tokenizer")
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises a bare Exception
        raise BaseModelError(f"{path}: cannot be read as a tokenizer ({error}); fetch it again") from error
    return plain(tokenizer)


def plain(tokenizer: Tokenizer) -> Tokenizer:
    """The same tokenizer, made to add and cut nothing."""
    # Llama 3's own post-processor would put a second <|begin_of_text|> before the template's.
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def vocabulary(folder: Path) -> dict[str, int]:
    """Token to id, special tokens included. Raises BaseModelError as load_tokenizer does."""
    return load_tokenizer(folder).get_vocab(with_added_tokens=True)


def eos_token_ids(folder: Path) -> tuple[int, ...]:
    """Ids that end an answer: those of generation_config.json and config.json, in this order, each once.

    Raises BaseModelError if neither names one.
    """
    found: list[int] = []
    for name in ("generation_config.json", "config.json"):
        if (folder / name).is_file():
            found += token_ids(read_object(folder / name).get("eos_token_id"))
    if not found:
        raise BaseModelError(f"{folder}: config.json names no eos_token_id; the model would never stop")
    return tuple(dict.fromkeys(found))


def token_ids(value: int | Sequence[int] | None) -> list[int]:
    """Token ids that config.json writes as one number, a list, or not at all."""
    return [] if value is None else [value] if isinstance(value, int) else list(value)
