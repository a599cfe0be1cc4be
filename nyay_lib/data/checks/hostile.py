"""Rows that speak to the model: orders to it, marks of a conversation, matter hidden from the eye."""

import base64
import binascii
import re
from functools import lru_cache
from typing import Any

from nyay_lib.data.checks import tables
from nyay_lib.data.checks.passages import STRAIGHT, search_about, shown
from nyay_lib.data.records import Record

_TABLE: dict[str, Any] = tables.load("hostile")
_MARKS = tables.either(_TABLE["marks"])
_IMPERATIVE = f"{_TABLE['imperative_start']}(?:{'|'.join(_TABLE['imperatives'])})"
_ORDERS = tables.either([*_TABLE["anywhere"], _IMPERATIVE])
_ALL_ORDER_WORDS: list[str] = _TABLE["order_words"]
_ORDER_WORDS = [word for word in _ALL_ORDER_WORDS if word.isascii()]
_TURN = re.compile(_TABLE["turn"], re.IGNORECASE)
_TURN_ALONE = frozenset(_TABLE["turn_alone"])

# Zero-width blanks and joiners of words, direction marks, tag characters. The joiners of Indian scripts are apart.
_INVISIBLE = re.compile("[\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f]")
_JOINER = re.compile("[A-Za-z0-9][\u200c\u200d]{1,8}[A-Za-z0-9]|[\u200c\u200d]{3}")
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{4}")

_BLOB = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{32,}={0,2}(?:\r?\n[A-Za-z0-9+/]{16,}={0,2})*(?![A-Za-z0-9+/=])")
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_HEX_BLOB = re.compile(r"(?:\\x[0-9a-f]{2}){12}|(?<![0-9a-fA-F])(?:[0-9a-f]{2}){130,}(?![0-9a-fA-F])", re.IGNORECASE)
_SHORTEST_BLOB = 32
_LONGEST_NAME = 120  # digests in hexadecimal and numbers of documents are shorter
_FEWEST_READABLE = 0.9
_HIDDEN = str.maketrans(dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff")))


def injection(record: Record) -> str | None:
    """A field that gives orders to the model, or carries template tokens, role tags, hidden characters or blobs."""
    for name, text in (("instruction", record.instruction), ("input", record.input), ("output", record.output)):
        if found := _speaks_to_the_model(text, alone=name != "input"):
            return f"{name} holds {found}"
    return None


@lru_cache(maxsize=8)  # rows of a case stand together, and share their judgment
def _speaks_to_the_model(text: str, *, alone: bool) -> str | None:
    return _mark(text) or _hidden(text) or _blob(text) or _order(text) or _turns(text, alone=alone)


def _mark(text: str) -> str | None:
    found = search_about(_MARKS, text.lower(), _TABLE["mark_words"])
    return f"the mark {shown(found[0])}" if found else None


def _hidden(text: str) -> str | None:
    if text.isascii():
        return None
    found = _INVISIBLE.search(text) or _JOINER.search(text) or _VARIANTS.search(text)
    return f"the hidden character U+{ord(_hidden_in(found[0])):04X}" if found else None


def _hidden_in(found: str) -> str:
    return next(letter for letter in found if not letter.isalnum())


def _blob(text: str) -> str | None:
    """Text in base64, or so long a run of it that it can be nothing a court writes."""
    if max(map(len, text.split()), default=0) < _SHORTEST_BLOB:
        return None
    for found in _BLOB.finditer(text):
        run = "".join(found[0].split())
        if _is_mixed(run) and (len(run) > _LONGEST_NAME or _is_readable(run)):
            return f"a base64 blob of {len(run)} characters"
    found = _HEX_BLOB.search(text)
    return f"a hexadecimal blob of {len(found[0])} characters" if found else None


def _is_mixed(run: str) -> bool:
    """Capitals, small letters and digits in turn, as encoding gives them and words, paths and numbers do not."""
    if _HEX.fullmatch(run):
        return False
    upper, lower = (sum(map(test, run)) / len(run) for test in (str.isupper, str.islower))
    return 0.12 < upper < 0.88 and 0.12 < lower < 0.88 and len(set(run)) > 11


def _is_readable(run: str) -> bool:
    try:
        plain = base64.b64decode(run.rstrip("=") + "=" * (-len(run.rstrip("=")) % 4))
        letters = plain.decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    return sum(letter.isalnum() or letter in " ,.'\n:;!-_/" for letter in letters) > _FEWEST_READABLE * len(letters)


def _order(text: str) -> str | None:
    lower = text.translate(STRAIGHT).lower()
    if not lower.isascii():
        lower = lower.translate(_HIDDEN)
    words = _ORDER_WORDS if lower.isascii() else _ALL_ORDER_WORDS
    found = search_about(_ORDERS, lower, words)
    return f"words to the model: {shown(found[0])}" if found else None


def _turns(text: str, *, alone: bool) -> str | None:
    roles = {found["role"].lower() for found in _TURN.finditer(text)}
    if len(roles) > 1 or (alone and roles & _TURN_ALONE):
        return f"turns of a conversation: {', '.join(sorted(roles))}"
    return None
