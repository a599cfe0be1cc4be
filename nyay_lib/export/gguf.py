"""A Hugging Face folder of a Llama becomes an F16 GGUF, streamed: peak memory does not grow with the weights.

Source of the container and its keys: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import gguf
import numpy as np

from nyay_lib.errors import ExportError
from nyay_lib.export.gguf_metadata import ARCHITECTURE, add_metadata
from nyay_lib.export.gguf_tokenizer import GgufTokenizer, read_tokenizer
from nyay_lib.export.llama_config import LlamaConfig, read_llama_config
from nyay_lib.export.llama_tensors import RopeFactors, Weights, plan
from nyay_lib.export.safetensors_reader import Floats, Tensor, open_weights
from nyay_lib.files import CHUNK_BYTES, replacing

ALIGNMENT = gguf.GGUF_DEFAULT_ALIGNMENT

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class GgufFile:
    """A GGUF on disk: its size in bytes, SHA-256 in hexadecimal, and number of tensors."""

    path: Path
    bytes: int
    sha256: str
    tensors: int


def write_gguf(
    folder: Path,
    target: Path,
    *,
    name: str,
    metadata: Mapping[str, str] = {},
    on_progress: Progress | None = None,
) -> GgufFile:
    """Write the Llama in ``folder`` (safetensors in f16, bf16 or f32) to ``target`` as F16, whole or not at all.

    ``name`` is general.name; ``metadata`` adds text such as ``general.license``, ``general.base_model.0.name`` or
    ``nyay.run``. ``on_progress`` is told the bytes of tensor data that are written and that there are in all.
    Raises ExportError for a model that the file could not represent exactly, and when the disk is full.
    """
    config = read_llama_config(folder)
    sources = open_weights(folder)
    tensors = plan(folder, config, sources)
    tokenizer = read_tokenizer(folder, config)
    _refuse_target(target, folder, sources, sum(tensor.bytes for tensor in tensors))
    try:
        with replacing(target) as temporary:
            _write_header(temporary, tokenizer, config, tensors, name, metadata)
            digest = _append_tensors(temporary, tensors, on_progress)
            size = temporary.stat().st_size
    except OSError as error:
        needed, free = sum(tensor.bytes for tensor in tensors), shutil.disk_usage(_nearest(target)).free
        raise ExportError(
            f"{target} cannot be written: {error.strerror}; it needs {needed / 1e6:,.1f} MB, {free / 1e6:,.1f} MB are "
            "free there: make room or choose another place, then start the same run again"
        ) from error
    return GgufFile(target, size, digest, len(tensors))


def _refuse_target(target: Path, folder: Path, weights: Mapping[str, Tensor], size: int) -> None:
    """The target must not be a source, and the disk must have room for ``size`` bytes."""
    sources = {tensor.file for tensor in weights.values()} | {p for p in folder.iterdir() if p.is_file()}
    if target.is_dir() or (target.exists() and any(target.samefile(source) for source in sources)):
        raise ExportError(f"{target} is a folder or one of the model's own files: name a new file for the GGUF")
    parent = _nearest(target)
    free = shutil.disk_usage(parent).free
    if free < size:
        raise ExportError(f"{target} needs {size / 1e9:.1f} GB, {parent} has {free / 1e9:.1f} GB free: make room")


def _nearest(target: Path) -> Path:
    """The folder in which the file, or a folder on the way to it, would be made."""
    return next(parent for parent in target.absolute().parents if parent.exists())


def _write_header(
    path: Path,
    tokenizer: GgufTokenizer,
    config: LlamaConfig,
    tensors: Sequence[Weights | RopeFactors],
    name: str,
    metadata: Mapping[str, str],
) -> None:
    """Write everything before the tensor data, padded."""
    writer = gguf.GGUFWriter(path, ARCHITECTURE)
    parameters = sum(tensor.source.count for tensor in tensors if isinstance(tensor, Weights))
    add_metadata(writer, config, tokenizer, name=name, parameters=parameters, metadata=metadata)
    for tensor in tensors:
        writer.add_tensor_info(tensor.name, tensor.shape, tensor.dtype, tensor.bytes)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    writer.close()
    with path.open("ab") as file:
        file.write(_padding(file.tell()))


def _append_tensors(path: Path, tensors: Sequence[Weights | RopeFactors], on_progress: Progress | None) -> str:
    """Write the tensor data, each tensor padded. Returns the SHA-256 of the whole file."""
    total = sum(tensor.bytes for tensor in tensors)
    done = 0
    with path.open("r+b") as file:
        output = _Hashed(file)
        for tensor in tensors:
            for piece in tensor.pieces():
                output.write(piece)
                done += piece.nbytes
                if on_progress:
                    on_progress(done, total)
            output.pad()
    return output.sha256


class _Hashed:
    """Appends to a file and keeps the digest of all of it, so that it is not read a second time."""

    def __init__(self, file: IO[bytes]) -> None:
        """``file`` is open for reading and writing; what is in it already counts."""
        self._file = file
        self._digest = hashlib.sha256()
        while chunk := file.read(CHUNK_BYTES):
            self._digest.update(chunk)

    def write(self, values: Floats) -> None:
        self._append(np.ascontiguousarray(values).data.cast("B"))

    def pad(self) -> None:
        self._append(_padding(self._file.tell()))

    def _append(self, data: bytes | memoryview) -> None:
        self._file.write(data)
        self._digest.update(data)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def _padding(size: int) -> bytes:
    """Zeros up to the next multiple of the alignment."""
    return bytes(-size % ALIGNMENT)
