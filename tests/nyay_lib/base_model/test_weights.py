from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file  # pyright: ignore[reportUnknownVariableType]

from nyay_lib.base_model.weights import read_header, write_f16
from nyay_lib.errors import BaseModelError


def test_written_tensors_are_read_back_by_the_reference_library(tmp_path: Path) -> None:
    tensors = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.array([0.5], np.float32)}
    write_f16(tmp_path / "w", {name: t.shape for name, t in tensors.items()}, tensors.values())
    found = load_file(tmp_path / "w")
    assert {name: t.tolist() for name, t in found.items()} == {name: t.tolist() for name, t in tensors.items()}
    assert found["a"].dtype == np.float16


@pytest.mark.parametrize("value", [np.inf, np.nan, 70_000.0])
def test_values_that_f16_cannot_hold_are_refused(tmp_path: Path, value: float) -> None:
    with pytest.raises(BaseModelError, match="'a' holds values"):
        write_f16(tmp_path / "w", {"a": (1,)}, [np.array([value], np.float32)])


def test_a_tensor_of_another_shape_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BaseModelError, match=r"\(3,\).*\(2,\)"):
        write_f16(tmp_path / "w", {"a": (2,)}, [np.zeros(3, np.float32)])


@pytest.mark.parametrize(("start", "end", "more"), [(0, -1, b""), (0, None, b"x"), (0, 20, b""), (0, 0, b"<html>" * 9)])
def test_a_damaged_file_is_refused(tiny: Path, tmp_path: Path, start: int, end: int | None, more: bytes) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes((tiny / "model.safetensors").read_bytes()[start:end] + more)
    with pytest.raises(BaseModelError, match="fetch it again"):
        read_header(path)
