"""Safetensors files: written tensor by tensor, so that a model is never whole in memory, and measured by header."""

import json
import math
import os
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nyay_lib.errors import BaseModelError

LENGTH = struct.Struct("<Q")
MAX_HEADER_BYTES = 100_000_000  # the format's own limit
F16_BYTES = 2


def write_f16(path: Path, shapes: Mapping[str, tuple[int, ...]], tensors: Iterable[npt.NDArray[Any]]) -> None:
    """Write ``tensors``, given in the order of ``shapes``, as f16.

    Raises BaseModelError for a tensor of another shape than was announced, or with values that f16 cannot hold.
    """
    with path.open("wb") as file:
        file.write(_header(shapes))
        for (name, shape), tensor in zip(shapes.items(), tensors, strict=True):
            file.write(_f16(name, shape, tensor).data.cast("B"))


def write_f16_rows(
    path: Path, shapes: Mapping[str, tuple[int, ...]], blocks: Iterable[npt.NDArray[np.float16]]
) -> None:
    """Write tensors of ``shapes`` whose rows come block by block, tensor after tensor, in the order of ``shapes``.

    Raises BaseModelError if the blocks hold more or fewer numbers than were announced.
    """
    header = _header(shapes)
    size = len(header) + F16_BYTES * sum(map(math.prod, shapes.values()))
    with path.open("wb") as file:
        file.write(header)
        for block in blocks:
            file.write(np.ascontiguousarray(block, "<f2").data.cast("B"))
        if file.tell() != size:
            raise BaseModelError(f"{path}: has {file.tell()} bytes where its tensors' shapes say {size}")


def _header(shapes: Mapping[str, tuple[int, ...]]) -> bytes:
    """Length, JSON and blanks up to a multiple of 8 bytes, as the format asks for."""
    # Transformers and MLX read a file only if it says that its layout is PyTorch's.
    entries: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    start = 0
    for name, shape in shapes.items():
        end = start + F16_BYTES * math.prod(shape)
        entries[name] = {"dtype": "F16", "shape": list(shape), "data_offsets": [start, end]}
        start = end
    text = json.dumps(entries, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return LENGTH.pack(len(text)) + text


def _f16(name: str, shape: tuple[int, ...], tensor: npt.NDArray[Any]) -> npt.NDArray[np.float16]:
    if tensor.shape != shape:
        raise BaseModelError(f"tensor {name!r} has shape {tensor.shape}, but its model's configuration says {shape}")
    with np.errstate(over="ignore"):
        half = tensor.astype(np.float16)
    if not np.isfinite(half).all():
        raise BaseModelError(f"tensor {name!r} holds values that 16-bit floats cannot; take another copy of the model")
    return half


def read_header(path: Path) -> dict[str, dict[str, Any]]:
    """Dtype, shape and offsets of each tensor in a safetensors file.

    Raises BaseModelError if the file is not one, or is shorter than its header says.
    """
    try:
        with path.open("rb") as file:
            (length,) = LENGTH.unpack(file.read(LENGTH.size))
            if length > MAX_HEADER_BYTES:
                raise ValueError(f"a header of {length} bytes")
            entries = json.loads(file.read(length))
            size = os.fstat(file.fileno()).st_size
        entries.pop("__metadata__", None)
        strange = [name for name, entry in entries.items() if not _is_entry(entry)]
        if strange:
            raise ValueError(f"{strange[0]!r} is no tensor")
        end = LENGTH.size + length + max((e["data_offsets"][1] for e in entries.values()), default=0)
    except (OSError, ValueError, TypeError, AttributeError, RecursionError, struct.error) as error:
        raise BaseModelError(f"{path}: is not a safetensors file ({error}); fetch it again") from error
    if size != end:
        raise BaseModelError(f"{path}: has {size} bytes where its header says {end}; fetch it again")
    return entries


def _is_entry(entry: Any) -> bool:
    """Whether a line of a header tells of a tensor."""
    match entry:
        case {"dtype": str(), "shape": [*shape], "data_offsets": [int(), int()]}:
            return all(isinstance(length, int) and length >= 0 for length in shape)
        case _:
            return False
