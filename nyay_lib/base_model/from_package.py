"""A model out of the installed program: made once, then found in the cache."""

from pathlib import Path

from nyay_lib.base_model import embedded, tiny
from nyay_lib.base_model.place import Place
from nyay_lib.base_model.source import SourceCheck, SourceModel, describe
from nyay_lib.config import ModelConfig
from nyay_lib.errors import BaseModelError
from nyay_lib.files import digest_file
from nyay_lib.prompt import FORMATS

RECIPE = 1  # raise it when an embedded model comes out differently: the cache then makes it again


def fetch_embedded(model: ModelConfig, cache: Path) -> SourceModel:
    """The model, made first if the cache has none. Raises BaseModelError for an unknown or missing one."""
    parameters = _parameters(model)
    real = model.name == embedded.NAME
    inputs = {
        "name": model.name,
        "recipe": RECIPE,
        "templates": [form.jinja for form in FORMATS],
        "parameters": parameters,
        "file": digest_file(embedded.embedded_gguf()) if real else None,
    }

    def make(folder: Path) -> SourceModel:
        (embedded.make_embedded if real else tiny.make_tiny)(folder)
        return describe(model, "embedded", folder, licence=embedded.LICENCE if real else tiny.LICENCE)

    return Place.of(cache, inputs).find_or_make(make)


def _parameters(model: ModelConfig) -> int:
    """Parameters of an embedded model. Raises BaseModelError for an unknown name, or if it is not installed."""
    if model.name == embedded.NAME:
        embedded.embedded_gguf()
        return embedded.PARAMETERS
    if model.name == tiny.NAME:
        return tiny.PARAMETERS
    raise BaseModelError(f"{model.name}: is not embedded here; known are {embedded.NAME} and {tiny.NAME}")


def check_embedded(model: ModelConfig) -> SourceCheck:
    """Nothing is to be fetched; the bytes are those of the f16 weights. Raises BaseModelError as fetching does."""
    parameters = _parameters(model)
    return SourceCheck(missing_bytes=0, total_bytes=2 * parameters, parameters=parameters)
