"""The look at a GGUF before it is used: whole or refused, and never anything but ExportError."""

import ctypes
import random
import struct
import time
from pathlib import Path

import llama_cpp
import pytest

from nyay_lib.base_model.embedded import embedded_gguf
from nyay_lib.errors import ExportError
from nyay_lib.export.gguf_header import read_header


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def head(tensors: int, keys: int, version: int = 3) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, tensors, keys)


ARCHITECTURE = text("general.architecture") + struct.pack("<I", 8) + text("llama")


def test_summary_of_our_file(tiny_gguf: Path) -> None:
    found = read_header(tiny_gguf)
    assert (found.file_type, found.tensors) == ("MOSTLY_F16", 20)
    assert found.bytes == found.expected_bytes == tiny_gguf.stat().st_size


def test_summary_of_a_published_file() -> None:
    found = read_header(embedded_gguf())
    assert (found.file_type, found.tensors, found.bytes) == ("MOSTLY_Q4_1", 272, found.expected_bytes)


@pytest.mark.parametrize(("ftype", "name"), [(7, "MOSTLY_Q8_0"), (15, "MOSTLY_Q4_K_M")])
def test_file_that_llama_cpp_quantised_is_whole(tiny_gguf: Path, tmp_path: Path, ftype: int, name: str) -> None:
    parameters = llama_cpp.llama_model_quantize_default_params()
    parameters.ftype, parameters.nthread = ftype, 1
    target = tmp_path / "quantised.gguf"
    assert (
        llama_cpp.llama_model_quantize(str(tiny_gguf).encode(), str(target).encode(), ctypes.pointer(parameters)) == 0
    )
    found = read_header(target)
    assert (found.file_type, found.bytes) == (name, found.expected_bytes)


def test_every_cut_is_refused(tiny_gguf: Path, tmp_path: Path) -> None:
    data = tiny_gguf.read_bytes()
    path = tmp_path / "cut.gguf"
    for size in [*range(0, 200), *range(200, len(data), 997), len(data) - 1]:
        path.write_bytes(data[:size])
        with pytest.raises(ExportError, match="cut short"):
            read_header(path)


def test_cut_names_both_sizes(tiny_gguf: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.gguf").write_bytes(tiny_gguf.read_bytes()[:-1000])
    size = tiny_gguf.stat().st_size
    with pytest.raises(ExportError, match=rf"cut\.gguf is cut short: {size - 1000} of {size} bytes"):
        read_header(tmp_path / "cut.gguf")


def test_bytes_after_the_end_are_refused(tiny_gguf: Path, tmp_path: Path) -> None:
    (tmp_path / "long.gguf").write_bytes(tiny_gguf.read_bytes() + bytes(64))
    with pytest.raises(ExportError, match="bytes where its header says"):
        read_header(tmp_path / "long.gguf")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"not a model at all", "not a GGUF"),
        (head(0, 0, version=1), "version 2 or 3"),
        (head(0, 0), "names no architecture"),
        (head(2**63, 0), "cut short"),
        (head(0, 2**63), "cut short"),
        (head(0, 1) + struct.pack("<Q", 2**63), "cut short"),
        (head(0, 1) + struct.pack("<Q", 2**63) + bytes(64), "text of"),
        (head(0, 1) + text("a") + struct.pack("<IIQ", 9, 8, 2**63), "cut short"),
        (head(0, 1) + text("a") + struct.pack("<IIQ", 9, 0, 2**63), "cut short"),
        (head(0, 1) + text("a") + struct.pack("<IIQ", 9, 9, 1) + bytes(8), "unknown type 9"),
        (head(0, 1) + text("a") + struct.pack("<I", 99), "unknown type 99"),
        (head(0, 1) + struct.pack("<Q", 1) + b"\xff" + bytes(8), "not UTF-8"),
        (head(0, 2) + ARCHITECTURE * 2, "twice"),
        (head(0, 2) + ARCHITECTURE + text("general.alignment") + struct.pack("<II", 4, 0), "alignment 0"),
        (head(1, 1) + ARCHITECTURE + text("x") + struct.pack("<I", 9) + bytes(80), "9 dimensions"),
        (head(1, 1) + ARCHITECTURE + text("x") + struct.pack("<IQIQ", 1, 4, 77, 0), "unknown type 77"),
        (head(1, 1) + ARCHITECTURE + text("x") + struct.pack("<IQIQ", 1, 2**62, 0, 0), "cut short"),
    ],
)
def test_damage_is_named(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "x.gguf").write_bytes(data)
    with pytest.raises(ExportError, match=words) as caught:
        read_header(tmp_path / "x.gguf")
    assert "\n" not in str(caught.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"x\.gguf cannot be read"):
        read_header(tmp_path / "x.gguf")


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="cannot be read"):
        read_header(tmp_path)


def test_random_damage_never_raises_anything_else(tiny_gguf: Path, tmp_path: Path) -> None:
    data = tiny_gguf.read_bytes()
    random_ = random.Random(1)
    for _ in range(500):
        damaged = bytearray(data[:40_000])
        for _ in range(random_.randint(1, 8)):
            damaged[random_.randrange(random_.choice([100, 1000, 40_000]))] = random_.randrange(256)
        (tmp_path / "x.gguf").write_bytes(damaged)
        with pytest.raises(ExportError):
            read_header(tmp_path / "x.gguf")


def test_time_follows_the_size_of_the_header(tmp_path: Path) -> None:
    count = 1_000_000
    tokens = text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, count) + bytes(8 * count)
    (tmp_path / "x.gguf").write_bytes(head(0, 2) + ARCHITECTURE + tokens + bytes(16))
    start = time.process_time()
    assert read_header(tmp_path / "x.gguf").tensors == 0
    assert time.process_time() - start < 10
