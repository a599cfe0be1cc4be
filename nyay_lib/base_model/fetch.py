"""The model that training starts from: found or fetched, pinned, verified."""

from pathlib import Path

from nyay_lib.base_model.folder import check_config, check_tokenizer, read_config
from nyay_lib.base_model.source import Kind, Report, SourceCheck, SourceModel, describe, measure
from nyay_lib.config import ModelConfig
from nyay_lib.errors import BaseModelError

PREFIX = "embedded:"


def fetch_source(model: ModelConfig, cache: Path, report: Report) -> SourceModel:
    """The configured model, complete and verified. With everything in the cache nothing needs the network.

    ``report`` is told, often, the bytes that are there and the bytes there will be.
    Raises BaseModelError, in words for the user, for everything that can be wrong with a model.
    """
    match kind_of(model):
        # Imported only when taken: the hub's client alone costs a second of processor time.
        case "hub":
            from nyay_lib.base_model.from_hub import fetch_hub

            source = fetch_hub(model, cache, report)
        case "embedded":
            from nyay_lib.base_model.from_package import fetch_embedded

            source = fetch_embedded(model, cache)
        case "local":
            source = describe(model, "local", _local_folder(model))
    report(source.bytes, source.bytes)
    return source


def check_source(model: ModelConfig, cache: Path) -> SourceCheck:
    """What ``fetch_source`` would still have to fetch; asks the hub for no more than its listing and config.json.

    Raises BaseModelError for everything that can be known now to make ``fetch_source`` fail.
    """
    match kind_of(model):
        case "hub":
            from nyay_lib.base_model.from_hub import check_hub

            return check_hub(model, cache)
        case "embedded":
            from nyay_lib.base_model.from_package import check_embedded

            return check_embedded(model)
        case "local":
            folder = _local_folder(model)
            bits = check_config(model.name, read_config(model.name, folder), model.quantization)
            check_tokenizer(folder)
            parameters, size = measure(model.name, folder, bits)
            return SourceCheck(missing_bytes=0, total_bytes=size, parameters=parameters)


def kind_of(model: ModelConfig) -> Kind:
    """Where the name points: into the program, to a folder, or to the hub.

    Raises BaseModelError for a revision of something that has none.
    """
    path = Path(model.name).expanduser()
    outside = path.exists() or model.name.startswith(("/", ".", "~"))
    kind: Kind = "embedded" if model.name.startswith(PREFIX) else "local" if outside else "hub"
    if kind != "hub" and model.revision is not None:
        raise BaseModelError(
            f"{model.name}: has no revisions, but model.revision is {model.revision!r}; leave it empty"
        )
    return kind


def _local_folder(model: ModelConfig) -> Path:
    folder = Path(model.name).expanduser().resolve()
    if not folder.is_dir():
        wrong = "is a file" if folder.exists() else "does not exist"
        raise BaseModelError(f"{model.name}: {wrong}; name a folder with config.json, tokenizer and safetensors files")
    return folder
