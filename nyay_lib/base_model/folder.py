"""What a model folder must hold before hours are spent on it, read from its small files and headers."""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import yaml

from nyay_lib.base_model.json_object import read_object
from nyay_lib.base_model.llama import ARCHITECTURE
from nyay_lib.base_model.tokenizer import TOKENIZER_FILES, eos_token_ids, vocabulary
from nyay_lib.base_model.weights import read_header
from nyay_lib.errors import BaseModelError
from nyay_lib.files import digest_file
from nyay_lib.prompt import chat_format

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
UNSAFE = (".bin", ".pt", ".pth")
SMALL_FILES = ("config.json", "generation_config.json", *TOKENIZER_FILES)
UNKNOWN_LICENCE = "unknown"


def check_config(name: str, config: dict[str, Any], wanted: int) -> int | None:
    """Bits of a model that MLX has quantised already, None for a plain one. ``wanted`` is the bits asked for.

    Raises BaseModelError for another architecture, another quantisation, or other bits.
    """
    kinds = config.get("architectures") or [config.get("model_type")]
    if ARCHITECTURE not in kinds and kinds != ["llama"]:
        raise BaseModelError(f"{name}: is a {kinds[0]!r}, and only {ARCHITECTURE} can be tuned; name a Llama model")
    quantization = config.get("quantization")
    if quantization is None and (other := config.get("quantization_config")):
        method = other.get("quant_method", "another method")
        raise BaseModelError(f"{name}: is quantised by {method!r}; name the unquantised model, or an 8-bit MLX one")
    return _check_bits(name, quantization, wanted) if quantization is not None else None


def _check_bits(name: str, quantization: dict[str, Any], wanted: int) -> int:
    mode = quantization.get("mode", "affine")
    if mode != "affine":
        raise BaseModelError(f"{name}: is quantised in MLX's mode {mode!r}, not 'affine'; name the unquantised model")
    # Single layers may differ: they stand in the same table under their own names.
    layers = cast("list[dict[str, Any]]", [value for value in quantization.values() if isinstance(value, dict)])
    found = {table.get("bits") for table in (quantization, *layers)}
    if found != {wanted}:
        bits = " and ".join(str(n) for n in sorted(found, key=str))
        raise BaseModelError(
            f"{name}: is quantised at {bits} bits already, but model.quantization is {wanted}: "
            f"weights are not quantised twice; name the unquantised model, or one with {wanted} bits"
        )
    return wanted


def read_config(name: str, folder: Path) -> dict[str, Any]:
    """config.json. Raises BaseModelError if there is none, or it is not a JSON object."""
    path = folder / "config.json"
    if not path.is_file():
        raise BaseModelError(f"{name}: {folder} has no config.json, so it is not a Hugging Face model folder")
    return read_object(path)


def choose_weights(name: str, names: Iterable[str]) -> list[str]:
    """The safetensors files of the model among ``names``; some repositories hold the same weights a second time.

    Raises BaseModelError if there is none.
    """
    found = sorted(n for n in names if "/" not in n)
    safe = [n for n in found if n.endswith(".safetensors")]
    shards = [n for n in safe if n.startswith("model-")]
    if INDEX in found and shards:
        return shards
    if WEIGHTS in safe:
        return [WEIGHTS]
    if any(n.endswith(UNSAFE) for n in found):
        raise BaseModelError(
            f"{name}: has weights only as {'/'.join(UNSAFE)}, which can run code when they are read; "
            "save the model with safe_serialization=True"
        )
    raise BaseModelError(f"{name}: has no {WEIGHTS}, nor an index with its shards; the model is not complete")


def weight_files(name: str, folder: Path) -> list[Path]:
    """The weight files of a folder, all that its index names. Raises BaseModelError if one is missing."""
    files = choose_weights(name, (p.name for p in folder.iterdir()))
    if files != [WEIGHTS]:
        named: set[str] = set(read_object(folder / INDEX).get("weight_map", {}).values())
        if missing := sorted(named - set(files)):
            raise BaseModelError(f"{name}: {missing[0]} is missing from {folder}, though its index names it")
    return [folder / n for n in files]


def count_parameters(files: Iterable[Path], bits: int | None) -> int:
    """Parameters in ``files`` by their headers. MLX packs ``bits``-bit weights into 32-bit words.

    Raises BaseModelError for a file that is damaged or cut short.
    """
    total = 0
    for path in files:
        for name, entry in read_header(path).items():
            if bits is not None and name.endswith((".scales", ".biases")):
                continue
            packed = bits is not None and entry["dtype"] == "U32"
            total += math.prod(entry["shape"]) * (32 // bits if packed and bits else 1)
    return total


def check_tokenizer(folder: Path) -> None:
    """Raises BaseModelError unless the tokenizer can be read, its chat format is known and an answer can end."""
    chat_format(vocabulary(folder))
    eos_token_ids(folder)


def model_files(name: str, folder: Path) -> list[Path]:
    """All files that make the model: configuration, tokenizer, index and weights."""
    small = [folder / n for n in (*SMALL_FILES, INDEX) if (folder / n).is_file()]
    return [*small, *weight_files(name, folder)]


def digests_of(name: str, folder: Path) -> dict[str, str]:
    """SHA-256 of each of the model's files, by name."""
    return {path.name: digest_file(path) for path in model_files(name, folder)}


def licence_of(folder: Path) -> str:
    """The licence that the folder's README.md declares in its front matter, else 'unknown'."""
    readme = folder / "README.md"
    parts = readme.read_text(encoding="utf-8", errors="replace").split("---\n", 2) if readme.is_file() else []
    if len(parts) < 3 or parts[0].strip():
        return UNKNOWN_LICENCE
    try:
        card = yaml.safe_load(parts[1])
    except yaml.YAMLError:
        return UNKNOWN_LICENCE
    return (
        str(cast("dict[str, Any]", card).get("license", UNKNOWN_LICENCE)) if isinstance(card, dict) else UNKNOWN_LICENCE
    )
