"""Tensors of a safetensors folder, read in pieces with pread so that no weight is ever in memory whole.

The format: 8 bytes of header length (little endian), a JSON header of name, dtype, shape and byte offsets, the data.
Source: https://github.com/huggingface/safetensors, README, "Format".
"""

import json
import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import pydantic

from nyay_lib.errors import ExportError

Floats = npt.NDArray[np.float16 | np.float32]
ITEM_BYTES: dict[str, int] = {"F16": 2, "BF16": 2, "F32": 4}
MAX_HEADER_BYTES = 100_000_000  # the limit that the format's own reader sets
PIECE_BYTES = 8 << 20
INDEX = "model.safetensors.index.json"
SINGLE = "model.safetensors"


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where a tensor lies: ``start`` is its first byte in ``file``. ``dtype`` may be one that cannot be read."""

    name: str
    file: Path
    dtype: str
    shape: tuple[int, ...]
    start: int

    @property
    def columns(self) -> int:
        """Numbers in a row; a vector is a column of rows with one number each."""
        return math.prod(self.shape[1:])

    @property
    def count(self) -> int:
        """Numbers in all."""
        return math.prod(self.shape)

    def pieces(self, row_unit: int = 1) -> Iterator[Floats]:
        """The values in order, a few MiB at a time, in whole multiples of ``row_unit`` rows.

        Yields shape (rows, columns): float16 for F16, float32 for BF16 and F32, both exact.
        Raises ExportError if the file cannot be read, or has become shorter.
        """
        row_bytes = self.columns * ITEM_BYTES[self.dtype]
        step = max(1, PIECE_BYTES // (row_bytes * row_unit)) * row_unit
        try:
            with self.file.open("rb", buffering=0) as file:
                for first in range(0, self.shape[0], step):
                    count = min(step, self.shape[0] - first)
                    raw = _read_exactly(file.fileno(), count * row_bytes, self.start + first * row_bytes, self.file)
                    yield _decode(raw, self.dtype).reshape(count, self.columns)
        except OSError as error:
            raise ExportError(f"{self.file} cannot be read: {error.strerror}") from error


class _Entry(pydantic.BaseModel):
    """One tensor's line in a safetensors header."""

    dtype: str
    shape: list[Annotated[int, pydantic.Field(gt=0)]]
    data_offsets: tuple[pydantic.NonNegativeInt, pydantic.NonNegativeInt]


_Object = pydantic.TypeAdapter(dict[str, Any])
_Header = pydantic.TypeAdapter(dict[str, _Entry])


def open_weights(folder: Path) -> dict[str, Tensor]:
    """Every tensor of a Hugging Face folder by name: one file, or shards with their index.

    Only headers are read. Raises ExportError for files that are missing, damaged or at odds with the index.
    """
    index = folder / INDEX
    if not index.exists():
        if not (folder / SINGLE).is_file():
            raise ExportError(f"{folder} holds neither {SINGLE} nor {INDEX}: point to a Hugging Face model folder")
        return _collect([folder / SINGLE])
    placed = _read_index(index)
    _refuse_strays(folder, set(placed.values()))
    tensors = _collect(folder / shard for shard in sorted(set(placed.values())))
    _agree(index, placed, tensors)
    return tensors


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in ``path``. Raises ExportError naming the file."""
    try:
        return _Object.validate_python(json.loads(path.read_bytes()))
    except FileNotFoundError:
        raise ExportError(f"{path} is missing: the folder is not a complete Hugging Face model") from None
    except (OSError, ValueError, RecursionError):
        raise ExportError(f"{path} cannot be read as a JSON object: fetch or write it again") from None


def _read_index(index: Path) -> dict[str, str]:
    """Tensor name to shard name; a shard must be a plain name in the same folder."""
    try:
        names = pydantic.TypeAdapter(dict[str, str]).validate_python(read_object(index).get("weight_map"))
    except pydantic.ValidationError:
        raise ExportError(f"{index} has no weight_map of tensor to file name: write the folder again") from None
    for shard in set(names.values()):
        if Path(shard).name != shard or shard in (".", ".."):
            raise ExportError(f"{index} names the shard {shard!r}, which is not a file name in its folder")
    return names


def _refuse_strays(folder: Path, shards: set[str]) -> None:
    """Weights beside the index would be read by some tools and not by others, so which model it is would be open."""
    strays = sorted(p.name for p in folder.glob("model*.safetensors") if p.name not in shards)
    if strays:
        raise ExportError(f"{folder / strays[0]} is not in {INDEX}: remove whichever of the two is out of date")


def _agree(index: Path, placed: dict[str, str], tensors: dict[str, Tensor]) -> None:
    """The index and the shards must tell the same story."""
    for name in sorted(placed.keys() | tensors.keys()):
        said = placed.get(name)
        found = tensors[name].file.name if name in tensors else None
        if said != found:
            raise ExportError(f"{index}: tensor {name!r} should be in {said!r} and is in {found!r}: write it again")


def _collect(files: Iterable[Path]) -> dict[str, Tensor]:
    """The tensors of several files; a name may occur once."""
    tensors: dict[str, Tensor] = {}
    for file in files:
        for tensor in _read_header(file):
            if tensor.name in tensors:
                raise ExportError(f"tensor {tensor.name!r} is in {tensors[tensor.name].file} and again in {file}")
            tensors[tensor.name] = tensor
    return tensors


def _read_header(file: Path) -> list[Tensor]:
    """The tensors of one file, each checked to lie inside it."""
    try:
        with file.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            length = int.from_bytes(stream.read(8), "little")
            if size < 8 or length > min(size - 8, MAX_HEADER_BYTES):
                raise ExportError(f"{file} is no safetensors file or is cut short ({size} bytes): fetch it again")
            entries = _parse_header(stream.read(length), file)
    except OSError as error:
        raise ExportError(f"{file} cannot be read: {error.strerror}") from None
    return [_place(name, entry, file, 8 + length, size) for name, entry in entries.items()]


def _parse_header(raw: bytes, file: Path) -> dict[str, _Entry]:
    """The header's entries without its free-form metadata."""
    try:
        content = _Object.validate_python(json.loads(raw))
        content.pop("__metadata__", None)
        return _Header.validate_python(content)
    except (ValueError, RecursionError):
        raise ExportError(f"{file} has a damaged safetensors header: fetch or write it again") from None


def _place(name: str, entry: _Entry, file: Path, data: int, size: int) -> Tensor:
    """A tensor at its place in the file, which must hold all of it."""
    begin, end = entry.data_offsets
    if data + end > size:
        raise ExportError(f"{file} is cut short: tensor {name!r} ends at byte {data + end} of {size}; fetch it again")
    item = ITEM_BYTES.get(entry.dtype)
    if begin > end or (item is not None and end - begin != math.prod(entry.shape) * item):
        raise ExportError(f"{file}: tensor {name!r} of shape {entry.shape} cannot have {end - begin} bytes")
    return Tensor(name, file, entry.dtype, tuple(entry.shape), data + begin)


def _read_exactly(descriptor: int, size: int, offset: int, file: Path) -> bytes:
    """``size`` bytes at ``offset``. A read may return less than was asked for, at the end of the file nothing."""
    data = os.pread(descriptor, size, offset)
    while len(data) < size:
        more = os.pread(descriptor, size - len(data), offset + len(data))
        if not more:
            raise ExportError(f"{file} became shorter while it was read: write it again")
        data += more
    return data


def _decode(raw: bytes, dtype: str) -> Floats:
    """Numbers from bytes. BF16 is the upper half of a float32."""
    if dtype == "F16":
        return np.frombuffer(raw, np.dtype("<f2"))
    if dtype == "F32":
        return np.frombuffer(raw, np.dtype("<f4"))
    return (np.frombuffer(raw, np.dtype("<u2")).astype(np.uint32) << 16).view(np.float32)
