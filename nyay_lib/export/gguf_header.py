"""Looks at the head of a GGUF: what it is, and whether all of it is there.

Reads only metadata and tensor descriptions, in one pass whose time and memory follow the bytes of the header, whatever
they say. Source of the format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import hashlib
import math
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import gguf

from nyay_lib.errors import ExportError

Scalar = int | float | bool | str

MAGIC = b"GGUF"
VERSIONS = (2, 3)
MAX_TEXT_BYTES = 1 << 24
MAX_DIMENSIONS = 4
STRING, ARRAY = int(gguf.GGUFValueType.STRING), int(gguf.GGUFValueType.ARRAY)
# struct's letter for each kind of number.
NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """What a GGUF says of itself. ``file_type`` is a name such as MOSTLY_Q4_K_M; sizes are in bytes.

    ``data_start`` is where the first tensor begins, ``expected_bytes`` where the last one ends; some pad beyond it.
    """

    file_type: str
    tensors: int
    bytes: int
    data_start: int
    expected_bytes: int

    @property
    def data_bytes(self) -> int:
        """Size of all tensors."""
        return self.expected_bytes - self.data_start


def read_header(path: Path) -> GgufHeader:
    """The summary of a GGUF that is whole.

    Raises ExportError for a file that is not a GGUF, is damaged, or shorter or longer than its header says.
    """
    try:
        with path.open("rb") as file:
            return _Reader(path, file).header()
    except OSError as error:
        raise ExportError(f"{path} cannot be read: {error.strerror}") from None


def weights_digest(path: Path) -> str:
    """SHA-256 of a GGUF's tensors alone: two files with the same are the same model, whatever name or run they bear.

    Raises ExportError.
    """
    start = read_header(path).data_start
    with path.open("rb") as file:
        file.seek(start)
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Reader:
    """A forward pass over one file. No length in the file is trusted before it is compared with what is left of it."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path = path
        self._file = file
        self._size = os.fstat(file.fileno()).st_size
        self._at = 0

    def header(self) -> GgufHeader:
        if self._take(4) != MAGIC or self._number("I") not in VERSIONS:
            raise ExportError(f"{self._path} is not a GGUF file of version 2 or 3: write or fetch it again")
        tensors, keys = self._number("Q"), self._number("Q")
        values = self._values(keys)
        ends = [self._tensor_end() for _ in range(self._possible(tensors, 24))]
        alignment = values.get("general.alignment", gguf.GGUF_DEFAULT_ALIGNMENT)
        if not isinstance(alignment, int) or alignment <= 0 or alignment % 8:
            raise self._damaged(f"has the alignment {alignment!r}")
        start = -(-self._at // alignment) * alignment
        expected = start + max(ends, default=0)
        if not isinstance(values.get("general.architecture"), str):
            raise self._damaged("names no architecture")
        self._compare(expected, alignment)
        return GgufHeader(_file_type(values.get("general.file_type")), len(ends), self._size, start, expected)

    def _compare(self, expected: int, alignment: int) -> None:
        """The file must end with its last tensor, or with the padding after it."""
        if self._size < expected:
            raise ExportError(
                f"{self._path} is cut short: {self._size} of {expected} bytes are there; write or fetch it again"
            )
        if self._size >= expected + alignment:
            raise self._damaged(f"has {self._size} bytes where its header says {expected}")

    def _values(self, keys: int) -> dict[str, Scalar]:
        """Metadata by key; of a list only its length."""
        values: dict[str, Scalar] = {}
        for _ in range(self._possible(keys, 13)):
            key = self._text()
            if key in values:
                raise self._damaged(f"has the key {key!r} twice")
            values[key] = self._value(self._number("I"))
        return values

    def _value(self, kind: int) -> Scalar:
        if kind == STRING:
            return self._text()
        if kind == ARRAY:
            return self._skip_array()
        return self._number(self._letter(kind))

    def _skip_array(self) -> int:
        """Pass over a list. Returns its length."""
        kind, length = self._number("I"), self._number("Q")
        if kind == STRING:
            for _ in range(self._possible(length, 8)):
                self._skip(self._number("Q"))
        else:
            self._skip(length * struct.calcsize(f"<{self._letter(kind)}"))
        return length

    def _tensor_end(self) -> int:
        """Where a tensor's data ends, counted from the first tensor's beginning."""
        name = self._text()
        dimensions = self._number("I")
        if dimensions > MAX_DIMENSIONS:
            raise self._damaged(f"gives the tensor {name!r} {dimensions} dimensions")
        count = math.prod(self._number("Q") for _ in range(dimensions))
        kind, offset = self._number("I"), self._number("Q")
        try:
            block, block_bytes = gguf.GGML_QUANT_SIZES[gguf.GGMLQuantizationType(kind)]
        except (ValueError, KeyError):
            raise self._damaged(f"has the tensor {name!r} of unknown type {kind}") from None
        return offset + count // block * block_bytes

    def _letter(self, kind: int) -> str:
        """struct's letter for a kind of number; a list in a list has none."""
        if kind not in NUMBERS:
            raise self._damaged(f"has a value of unknown type {kind}")
        return NUMBERS[kind]

    def _possible(self, count: int, least: int) -> int:
        """``count`` if as many things of at least ``least`` bytes can follow."""
        if count * least > self._size - self._at:
            raise self._cut()
        return count

    def _number(self, letter: str) -> int:
        """One little-endian number, which for the letters f and d is a float."""
        value: int = struct.unpack(f"<{letter}", self._take(struct.calcsize(f"<{letter}")))[0]
        return value

    def _text(self) -> str:
        length = self._number("Q")
        if length > MAX_TEXT_BYTES:
            raise self._damaged(f"has a text of {length} bytes")
        try:
            return self._take(length).decode()
        except UnicodeDecodeError:
            raise self._damaged("has a text that is not UTF-8") from None

    def _take(self, size: int) -> bytes:
        if size > self._size - self._at:
            raise self._cut()
        self._at += size
        data = self._file.read(size)
        if len(data) < size:
            raise self._cut()
        return data

    def _skip(self, size: int) -> None:
        if size > self._size - self._at:
            raise self._cut()
        self._at += size
        self._file.seek(self._at)

    def _cut(self) -> ExportError:
        return ExportError(f"{self._path} is cut short or damaged in its header ({self._size} bytes): write it again")

    def _damaged(self, fact: str) -> ExportError:
        return ExportError(f"{self._path} {fact}, so it is damaged: write or fetch it again")


def _file_type(value: Scalar | None) -> str:
    """llama.cpp's name of the quantisation, or the number where it has none here."""
    try:
        return gguf.LlamaFileType(value).name
    except ValueError:
        return str(value)
