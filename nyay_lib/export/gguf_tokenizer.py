"""A Hugging Face byte-level BPE tokenizer as GGUF metadata, for which llama.cpp gives the same tokens."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import gguf
import pydantic

from nyay_lib.base_model.llama import WORDS
from nyay_lib.base_model.tokenizer import token_ids
from nyay_lib.errors import BaseModelError, ExportError
from nyay_lib.export.llama_config import Ids, LlamaConfig
from nyay_lib.export.safetensors_reader import read_object
from nyay_lib.prompt import ChatFormat, chat_format

NORMAL, CONTROL = int(gguf.TokenType.NORMAL), int(gguf.TokenType.CONTROL)
USER_DEFINED, UNUSED = int(gguf.TokenType.USER_DEFINED), int(gguf.TokenType.UNUSED)

# How text is cut into words before merging, and whether a word that is a token skips the merges. llama.cpp knows
# each such way by a name (llama-vocab.cpp, llama_vocab::impl::load) and takes the rest from there.
PRE_TOKENIZERS: dict[str, tuple[list[dict[str, Any]], bool]] = {
    "llama-bpe": (
        [
            {"type": "Split", "pattern": {"Regex": WORDS}, "behavior": "Isolated", "invert": False},
            {"type": "ByteLevel", "add_prefix_space": False, "use_regex": False},
        ],
        True,
    ),
    "smollm": (
        [
            {"type": "Digits", "individual_digits": True},
            {"type": "ByteLevel", "add_prefix_space": False, "use_regex": True},
        ],
        False,
    ),
}
END_OF_MESSAGE = "<|eom_id|>"  # Llama 3: the turn ends because a tool is called


class _Added(pydantic.BaseModel):
    """A token that text is cut at before anything else."""

    id: pydantic.NonNegativeInt
    content: str
    special: bool
    single_word: bool = False
    lstrip: bool = False
    rstrip: bool = False


class _Bpe(pydantic.BaseModel):
    """The merging part of tokenizer.json. A merge is a pair, or in older files one string with a blank."""

    type: Literal["BPE"] = "BPE"
    vocab: dict[str, pydantic.NonNegativeInt]
    merges: list[tuple[str, str]] | list[str]
    dropout: float | None = None
    continuing_subword_prefix: str | None = None
    end_of_word_suffix: str | None = None
    byte_fallback: bool = False
    ignore_merges: bool = False


class _Step(pydantic.BaseModel, extra="allow"):
    """One way of cutting text, or a sequence of them."""

    type: str
    pretokenizers: list["_Step"] = []


class _TokenizerJson(pydantic.BaseModel):
    """tokenizer.json, as far as it decides which tokens a text becomes."""

    model: _Bpe
    added_tokens: list[_Added] = []
    normalizer: dict[str, Any] | None = None
    pre_tokenizer: _Step | None = None


@dataclass(frozen=True, slots=True)
class GgufTokenizer:
    """Tokens by id, their types as gguf.TokenType, merges in order of rank, and the ids that end an answer."""

    pre: str
    tokens: list[str]
    types: list[int]
    merges: list[str]
    chat: ChatFormat
    bos: int | None
    eos: int
    eot: int
    eom: int | None
    pad: int | None

    @property
    def ends(self) -> list[int]:
        """Every id that ends an answer, each once."""
        return list(dict.fromkeys(i for i in (self.eos, self.eot, self.eom) if i is not None))


def read_tokenizer(folder: Path, config: LlamaConfig) -> GgufTokenizer:
    """The tokenizer of a Hugging Face folder, with unused tokens up to the number of embedding rows.

    Raises ExportError for a tokenizer that llama.cpp would not compute in the same way.
    """
    path = folder / "tokenizer.json"
    content = _parse(path)
    pre = _pre_tokenizer(path, content)
    _check_model(path, content)
    vocabulary = _vocabulary(path, content)
    tokens, types = _tokens(path, vocabulary, content, config.vocab_size)
    try:
        chat = chat_format(vocabulary)
    except BaseModelError as error:
        raise ExportError(f"{path}: {error}") from None
    eos, eot, eom = _ends(folder, config, vocabulary, chat)
    bos = vocabulary[chat.bos] if chat.bos else next(iter(token_ids(config.bos_token_id)), None)
    # Some configurations say -1 where there is no padding token.
    pad = config.pad_token_id if (config.pad_token_id or 0) >= 0 else None
    for i in (bos, eos, pad):
        if i is not None and i >= len(tokens):
            raise ExportError(f"{folder / 'config.json'}: token id {i} is outside the vocabulary of {len(tokens)}")
    return GgufTokenizer(pre, tokens, types, _merges(content.model), chat, bos, eos, eot, eom, pad)


def _parse(path: Path) -> _TokenizerJson:
    try:
        return _TokenizerJson.model_validate(read_object(path))
    except pydantic.ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise ExportError(f"{path}: {where} is not as in a byte-level BPE tokenizer: use another base model") from None


def _pre_tokenizer(path: Path, content: _TokenizerJson) -> str:
    """llama.cpp's name for the way the text is cut, told by its structure and not by the tokens of a sample."""
    steps = _steps(content.pre_tokenizer)
    for name, known in PRE_TOKENIZERS.items():
        if content.normalizer is None and (steps, content.model.ignore_merges) == known:
            return name
    seen = f"normalizer {content.normalizer!r}, pre_tokenizer {steps!r}, ignore_merges {content.model.ignore_merges}"
    names = " nor ".join(PRE_TOKENIZERS)
    raise ExportError(f"{path}: {seen[:600]} is neither {names}: llama.cpp would cut text otherwise, use another base")


def _steps(step: _Step | None) -> list[dict[str, Any]]:
    """The steps of a pre-tokenizer without what has no influence on tokens."""
    if step is None:
        return []
    if step.type == "Sequence":
        return [inner for nested in step.pretokenizers for inner in _steps(nested)]
    # Before use_regex was introduced, ByteLevel always cut at words.
    default = {"use_regex": True} if step.type == "ByteLevel" else {}
    return [default | step.model_dump(exclude={"pretokenizers", "trim_offsets"})]


def _check_model(path: Path, content: _TokenizerJson) -> None:
    """Refuse what llama.cpp has no counterpart for."""
    for key in ("dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback"):
        if getattr(content.model, key):
            raise ExportError(f"{path}: model.{key} is {getattr(content.model, key)!r}, which llama.cpp does not know")
    for token in content.added_tokens:
        flags = [flag for flag in ("single_word", "lstrip", "rstrip") if getattr(token, flag)]
        if flags:
            raise ExportError(f"{path}: added token {token.content!r} sets {flags[0]}, which llama.cpp does not know")
    if not content.model.merges:
        raise ExportError(f"{path}: there are no merges; llama.cpp does not load such a tokenizer")


def _vocabulary(path: Path, content: _TokenizerJson) -> dict[str, int]:
    """Token to id, added tokens included; one id for a token and one token for an id."""
    vocabulary = dict(content.model.vocab)
    for token in content.added_tokens:
        if vocabulary.setdefault(token.content, token.id) != token.id:
            known = vocabulary[token.content]
            raise ExportError(f"{path}: token {token.content!r} has the ids {known} and {token.id}: fetch it again")
    if len(set(vocabulary.values())) != len(vocabulary):
        raise ExportError(f"{path}: two tokens share an id: fetch or write it again")
    return vocabulary


def _tokens(
    path: Path, vocabulary: Mapping[str, int], content: _TokenizerJson, rows: int
) -> tuple[list[str], list[int]]:
    """Tokens and their types by id, one for each of the ``rows`` of the embedding."""
    largest = max(vocabulary.values())
    if largest >= rows:
        raise ExportError(f"{path}: has the token id {largest}, but the embedding only {rows} rows: fetch it again")
    tokens = [f"[PAD{i}]" for i in range(rows)]
    types = [UNUSED] * rows
    for token, i in vocabulary.items():
        tokens[i], types[i] = token, NORMAL
    for added in content.added_tokens:
        types[added.id] = CONTROL if added.special else USER_DEFINED
    # llama.cpp ends the whole process on two tokens of one text, and renames an empty one.
    if len(set(tokens)) != rows or "" in vocabulary:
        raise ExportError(f"{path}: has an empty token, or one called [PADn]: use another base model")
    return tokens, types


def _merges(model: _Bpe) -> list[str]:
    """Merges as llama.cpp reads them: left and right with a blank between, and blanks inside in their byte form."""
    return [m if isinstance(m, str) else " ".join(part.replace(" ", "Ġ") for part in m) for m in model.merges]


def _ends(
    folder: Path, config: LlamaConfig, vocabulary: Mapping[str, int], chat: ChatFormat
) -> tuple[int, int, int | None]:
    """End of text, of turn and of message: the three ids at which llama.cpp stops.

    The chat format's end of turn is always one. Raises ExportError for more ids than there is room for.
    """
    declared = dict.fromkeys([*token_ids(config.eos_token_id), *_generation_ends(folder)])
    turn, message = vocabulary[chat.end], vocabulary.get(END_OF_MESSAGE)
    rest = [i for i in declared if i not in (turn, message)]
    if len(rest) > 1:
        raise ExportError(f"{folder / 'config.json'}: eos_token_id has {rest} beside {chat.end}; keep one of them")
    return rest[0] if rest else turn, turn, message if message in declared else None


def _generation_ends(folder: Path) -> list[int]:
    """The ids in generation_config.json, where there is one."""
    path = folder / "generation_config.json"
    if not path.exists():
        return []
    value = read_object(path).get("eos_token_id")
    try:
        return token_ids(pydantic.TypeAdapter(Ids).validate_python(value))
    except pydantic.ValidationError:
        raise ExportError(f"{path}: eos_token_id is {value!r}, not token ids: correct the file") from None
