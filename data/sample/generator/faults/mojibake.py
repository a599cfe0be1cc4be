"""UTF-8 that was read as something else."""

import re
from collections.abc import Callable, Sequence

from data.sample.generator.faults.planting import Form, Planting
from data.sample.generator.records import Row

BOTH = ("input", "output")


def _typographic(text: str) -> str:
    """The signs that word processors put in, which then suffer."""
    text = re.sub(r'"([^"]*)"', "“\\1”", text.replace("'", "’"))
    return text.replace("Rs. ", "₹ ").replace(" - ", " – ").replace("Section ", "§ ").replace("...", "…")


def _misread(text: str, codec: str) -> str:
    """UTF-8 bytes read in a one-byte character set; undefined bytes stay, soft hyphens get lost as they do."""
    letters = {byte: bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in range(256)}
    return "".join(letters[byte] for byte in _typographic(text).encode()).replace("\u00ad", "")


def _windows(text: str) -> str:
    return _misread(text, "cp1252")


def _garbled(how: Callable[[str], str], fields: Sequence[str] = BOTH) -> Form:
    return lambda p: p.row | {field: how(p.row[field]) for field in fields}


def _hindi(p: Planting) -> Row:
    p.go_over_to_hindi()
    return p.row | {field: _windows(p.row[field]) for field in BOTH}


MOJIBAKE: dict[str, Form] = {
    "windows_1252": _garbled(_windows),
    "latin_1": _garbled(lambda text: _misread(text, "latin-1")),
    "twice": _garbled(lambda text: _windows(_windows(text))),
    "output_only": _garbled(lambda text: _windows(f"“{text}” – the Court’s view…"), ("output",)),
    "hindi": _hindi,
    "replacement_signs": _garbled(lambda text: re.sub(r"['\"]|(?<=Rs)\. |(?<= )of (?=t)", "\ufffd", text)),
}
