"""Model folders to export and their files, and readers of these."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
from llama_cpp import Llama

from nyay_lib.base_model.embedded import embedded_gguf, make_embedded
from nyay_lib.base_model.tiny import make_tiny
from nyay_lib.export.gguf import write_gguf
from tests.nyay_lib.export.model_folder import Array, Model


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny") / "model"
    make_tiny(folder)
    return folder


@pytest.fixture
def model(tiny_folder: Path, tmp_path: Path) -> Model:
    """A fresh copy of the tiny Llama."""
    shutil.copytree(tiny_folder, tmp_path / "model")
    return Model(tmp_path / "model")


@pytest.fixture(scope="session")
def tiny_gguf(tiny_folder: Path) -> Path:
    return write_gguf(tiny_folder, tiny_folder.with_suffix(".gguf"), name="Tiny").path


@pytest.fixture(scope="session")
def smollm_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("smollm") / "model"
    make_embedded(folder)
    return folder


@pytest.fixture(scope="session")
def smollm_gguf(smollm_folder: Path) -> Path:
    return write_gguf(smollm_folder, smollm_folder.with_suffix(".gguf"), name="SmolLM2").path


@pytest.fixture(scope="session")
def load() -> Callable[..., Llama]:
    """Opens a GGUF in llama.cpp, quietly and on one thread."""

    def loaded(path: Path, **options: Any) -> Llama:
        return Llama(str(path), verbose=False, n_threads=1, n_threads_batch=1, **options)

    return loaded


@pytest.fixture(scope="session")
def published() -> gguf.GGUFReader:
    """SmolLM2 as its publisher converted it."""
    return gguf.GGUFReader(embedded_gguf())


@pytest.fixture(scope="session")
def rewritten(smollm_gguf: Path) -> gguf.GGUFReader:
    """The same after the way over a Hugging Face folder."""
    return gguf.GGUFReader(smollm_gguf)


@pytest.fixture(scope="session")
def read_tensors() -> Callable[[Path | gguf.GGUFReader], dict[str, Array]]:
    """The tensors of a GGUF by name, dequantised to f32, read by the gguf package."""

    def read(source: Path | gguf.GGUFReader) -> dict[str, Array]:
        reader = gguf.GGUFReader(source) if isinstance(source, Path) else source
        return {t.name: gguf.dequantize(t.data, t.tensor_type) for t in reader.tensors}

    return read


@pytest.fixture(scope="session")
def read_keys() -> Callable[[Path | gguf.GGUFReader], dict[str, Any]]:
    """The metadata of a GGUF, read by the gguf package."""

    def read(source: Path | gguf.GGUFReader) -> dict[str, Any]:
        reader = gguf.GGUFReader(source) if isinstance(source, Path) else source
        return {key: field.contents() for key, field in reader.fields.items()}

    return read


@pytest.fixture
def as_f32() -> Callable[[dict[str, Array]], dict[str, Array]]:
    return lambda tensors: {name: tensor.astype(np.float32) for name, tensor in tensors.items()}
