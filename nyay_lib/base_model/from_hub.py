"""A model from the hub at a commit that stays: pinned once, then found in the cache."""

import json
import re
from pathlib import Path

from nyay_lib.base_model.download import download
from nyay_lib.base_model.folder import check_config, read_config
from nyay_lib.base_model.hub import Listing, fetch_config, list_model
from nyay_lib.base_model.place import Place
from nyay_lib.base_model.source import Report, SourceCheck, SourceModel, describe
from nyay_lib.config import ModelConfig
from nyay_lib.files import write_json

COMMIT = re.compile(r"[0-9a-f]{40}")


def fetch_hub(model: ModelConfig, cache: Path, report: Report) -> SourceModel:
    """The model, fetched first if the cache has none; its commit is pinned before the first byte.

    Raises BaseModelError for everything that the hub, the network or the disk may refuse.
    """
    source = cached_hub(model, cache)
    if source is None:
        listing = _list_hub(model, cache)
        write_json(_pin(model, cache), {"repo": listing.repo, "commit": listing.commit})

        def make(folder: Path) -> SourceModel:
            download(listing, folder, report)
            return describe(model, "hub", folder, revision=listing.commit, licence=listing.licence)

        source = _hub_place(model, listing.commit, cache).find_or_make(make)
    return source


def check_hub(model: ModelConfig, cache: Path) -> SourceCheck:
    """What is missing. Raises BaseModelError as fetching does, as far as listing and config.json tell."""
    source = cached_hub(model, cache)
    if source is not None:
        return SourceCheck(missing_bytes=0, total_bytes=source.bytes, parameters=source.parameters)
    listing = _list_hub(model, cache)
    missing = listing.missing(_hub_place(model, listing.commit, cache).folder)
    return SourceCheck(missing_bytes=missing, total_bytes=listing.size, parameters=listing.parameters)


def _list_hub(model: ModelConfig, cache: Path) -> Listing:
    """The listing at the pinned commit; refuses by config.json what could not be trained on, before it is fetched."""
    listing = list_model(model.name, _commit(model, cache) or model.revision)
    check_config(model.name, fetch_config(listing), model.quantization)
    return listing


def cached_hub(model: ModelConfig, cache: Path) -> SourceModel | None:
    """The finished model of the pinned commit. Raises BaseModelError if it has other bits than asked for."""
    commit = _commit(model, cache)
    source = _hub_place(model, commit, cache).found() if commit else None
    if source is not None:
        check_config(model.name, read_config(model.name, source.folder), model.quantization)
    return source


def _hub_place(model: ModelConfig, commit: str, cache: Path) -> Place:
    return Place.of(cache, {"hub": model.name, "commit": commit})


def _commit(model: ModelConfig, cache: Path) -> str | None:
    """The commit that the configuration names, or that a first fetch has pinned: a branch may move, the base not."""
    if model.revision and COMMIT.fullmatch(model.revision):
        return model.revision
    try:
        return str(json.loads(_pin(model, cache).read_bytes())["commit"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _pin(model: ModelConfig, cache: Path) -> Path:
    """Where the commit of a branch, a tag or an empty revision is kept."""
    return Place.of(cache, {"hub": model.name, "revision": model.revision}).root / "pin.json"
