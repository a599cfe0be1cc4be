"""The base model as it is trained on: pinned, verified, its weights quantised once."""

import time
from collections.abc import Callable, Generator
from pathlib import Path

import pydantic

from nyay_lib.base_model import SourceModel, fetch_source
from nyay_lib.base_model.place import Place
from nyay_lib.config import ModelConfig
from nyay_lib.files import digest_file, digest_value
from nyay_lib.jobs import Event, QuantizeBaseJob, run_job
from nyay_lib.results import Product, damage, first_damaged

# Raised when quantisation changes, so that older folders are not taken for new ones.
QUANTIZATION = 1


class BaseModel(Product):
    """An MLX folder with ``bits``-bit weights, made from ``source``; ``digest`` is over weights and tokenizer."""

    name: str
    revision: str | None
    licence: str
    source: Path
    digest: str
    bits: int
    parameters: int
    bytes: int


def prepare(
    model: ModelConfig, cache: Path, job_folder: Path, report: Callable[[int, int], None]
) -> Generator[Event, None, BaseModel]:
    """Fetch the model, quantise it in a child process, and yield the child's events.

    A model that is already quantised at the wanted bits is taken as it is; one that was made before is handed out
    again. Raises BaseModelError.
    """
    start = time.monotonic()
    source = fetch_source(model, cache, report)
    inputs = digest_value([QUANTIZATION, source.digest, model.quantization])
    folder = source.folder if source.bits else cache.resolve() / f"base-{inputs[:16]}"
    manifest = cache.resolve() / f"base-{inputs[:16]}.json"
    if found := BaseModel.reuse_intact(manifest, inputs):
        return _named(found, source, manifest)
    _require_intact(source)
    if source.bits is None:
        yield from run_job(QuantizeBaseJob(source=source.folder, target=folder, bits=model.quantization), job_folder)
    return describe(source, folder, inputs, model.quantization, time.monotonic() - start).save(manifest)


def _named(found: BaseModel, source: SourceModel, manifest: Path) -> BaseModel:
    """The same weights may have come under another name, revision or licence: pages and cards tell of this run's."""
    told = {"name": source.name, "revision": source.revision, "licence": source.licence, "source": source.folder}
    now = found.model_copy(update=told)
    if now != found:
        now.model_copy(update={"reused": False}).save(manifest)
    return now


def _require_intact(source: SourceModel) -> None:
    """Raises DamagedError for a source that is not as it was fetched; the next run then fetches the file again."""
    if path := first_damaged(source.folder, source.files):
        if source.kind != "local":
            Place(source.folder.parent).forget()
        raise damage(path, "run again, and it is fetched anew")


def find_prepared(model: ModelConfig, cache: Path) -> BaseModel | None:
    """The model as it was made before, by its name and bits; asks nobody, and None where there is none."""
    for manifest in sorted(cache.resolve().glob("base-*.json")):
        try:
            base = BaseModel.model_validate_json(manifest.read_bytes())
        except (OSError, pydantic.ValidationError):
            continue
        if (base.name, base.bits) == (model.name, model.quantization) and (base.folder / "config.json").exists():
            return base
    return None


def describe(source: SourceModel, folder: Path, inputs: str, bits: int, seconds: float) -> BaseModel:
    """The result for a finished folder."""
    paths = [*sorted(folder.glob("model*.safetensors")), folder / "tokenizer.json", folder / "config.json"]
    digests = [digest_file(path) for path in paths]
    return BaseModel(
        inputs=inputs,
        seconds=seconds,
        name=source.name,
        revision=source.revision,
        licence=source.licence,
        source=source.folder,
        folder=folder,
        digest=digest_value(digests),
        files=dict(zip((path.name for path in paths), digests, strict=True)),
        bits=bits,
        parameters=source.parameters,
        bytes=sum(path.stat().st_size for path in paths),
    )
