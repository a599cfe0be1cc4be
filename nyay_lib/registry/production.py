"""The files in production: fixed names that all lead through one link, so that they change in one moment.

``models/production`` points at ``models/releases/<label>``, whose links point into the run's folder; what users open
(``models/nyay-ai.gguf`` and its like) points through ``models/production``. All links are relative: the project can be
moved.
"""

import os
import secrets
from pathlib import Path

from nyay_lib.config import PipelineConfig
from nyay_lib.errors import RegistryError
from nyay_lib.export.model_files import Gguf
from nyay_lib.files import sync_folder
from nyay_lib.runs import RunDir

PRODUCTION, RELEASES = "production", "releases"
GGUF, MERGED, ADAPTER, MODELFILE = "model.gguf", "merged", "adapter", "Modelfile"


def public_paths(config: PipelineConfig) -> dict[Path, str]:
    """Where users find the files in production, and each one's name in a release."""
    models, name = config.paths.models.resolve(), config.registry.name
    adapter = config.checkpointing.output_dir.absolute()
    return {
        models / f"{name}.gguf": GGUF,
        models / f"{name}-merged": MERGED,
        adapter.parent.resolve() / adapter.name: ADAPTER,
        models.parent / "Modelfile": MODELFILE,
    }


def obstacles(config: PipelineConfig) -> list[Path]:
    """Files and folders of the user's own that stand where links must."""
    places = [*public_paths(config), config.paths.models.resolve() / PRODUCTION]
    return [path for path in places if path.exists() and not path.is_symlink()]


def prepare(config: PipelineConfig, run: RunDir, gguf: Gguf) -> Path:
    """Make everything but the switch itself; returns the folder of links that ``switch`` then puts into production.

    Raises RegistryError if a file of the run is missing, or something of the user's own is in the way.
    """
    if blocked := obstacles(config):
        raise RegistryError(f"{blocked[0]}: is not a link to the release in production; move it away, then run again")
    files = {GGUF: gguf.path, MERGED: run.merged, ADAPTER: run.adapter, MODELFILE: run.modelfile}
    if missing := [path for path in files.values() if not path.exists()]:
        raise RegistryError(f"{missing[0]}: is missing, so {run.run_id} cannot go into production; run its steps again")
    models = config.paths.models.resolve()
    folder = models / RELEASES / f"{run.run_id}-{gguf.quantization}"
    for name, target in files.items():
        _link(folder / name, target.resolve())
    for path, name in public_paths(config).items():
        _link(path, models / PRODUCTION / name)
    return folder


def switch(config: PipelineConfig, folder: Path) -> None:
    """Put a prepared release into production, in one moment. Raises RegistryError if the link cannot be written."""
    _link(config.paths.models.resolve() / PRODUCTION, folder)


def _link(link: Path, target: Path) -> None:
    """Let ``link`` point at ``target``: it points at the old one or the new one, and is never absent."""
    relative = os.path.relpath(target, link.parent)
    if link.is_symlink() and link.readlink() == Path(relative):
        return
    temporary = link.with_name(f".{link.name}.{secrets.token_hex(4)}")
    try:
        link.parent.mkdir(parents=True, exist_ok=True)
        temporary.symlink_to(relative)
        temporary.replace(link)
        sync_folder(link.parent)
    except OSError as error:
        raise RegistryError(
            f"{link}: the link cannot be written ({error.strerror}); mend that, then run again"
        ) from error
