"""What is known of a model that training can start from."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from pydantic import Field

from nyay_lib.base_model.folder import (
    check_config,
    check_tokenizer,
    count_parameters,
    digests_of,
    licence_of,
    model_files,
    read_config,
    weight_files,
)
from nyay_lib.config import ModelConfig
from nyay_lib.files import digest_value
from nyay_lib.frozen import Frozen

Kind = Literal["hub", "local", "embedded"]
Report = Callable[[int, int], None]


class SourceModel(Frozen):
    """A complete model folder.

    ``digest`` is over the configuration, tokenizer and weights: two copies of one model have the same.
    ``revision`` is the pinned commit of a model from the hub. ``bits`` is None unless MLX has quantised the weights
    already. ``bytes`` counts all files of the model, ``files`` are their digests by name.
    """

    name: str
    kind: Kind
    folder: Path
    revision: str | None
    digest: str
    bits: int | None
    licence: str
    parameters: int
    bytes: int
    files: dict[str, str] = Field(default_factory=dict[str, str])


class SourceCheck(Frozen):
    """What fetching a model would take. ``parameters`` is None where the hub does not count them."""

    missing_bytes: int
    total_bytes: int
    parameters: int | None


def describe(
    model: ModelConfig, kind: Kind, folder: Path, revision: str | None = None, licence: str | None = None
) -> SourceModel:
    """Look at everything in ``folder``. Raises BaseModelError if it cannot be trained on."""
    bits = check_config(model.name, read_config(model.name, folder), model.quantization)
    check_tokenizer(folder)
    parameters, size = measure(model.name, folder, bits)
    files = digests_of(model.name, folder)
    return SourceModel(
        name=model.name,
        kind=kind,
        folder=folder,
        revision=revision,
        digest=digest_value(files),
        bits=bits,
        licence=licence or licence_of(folder),
        parameters=parameters,
        bytes=size,
        files=files,
    )


def measure(name: str, folder: Path, bits: int | None) -> tuple[int, int]:
    """Parameters and bytes of the model in ``folder``. Raises BaseModelError for a missing or damaged file."""
    parameters = count_parameters(weight_files(name, folder), bits)
    return parameters, sum(path.stat().st_size for path in model_files(name, folder))
