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


def switch(config: PipelineConfig, run: RunDir, gguf: Gguf) -> None:
    """Put a run's files into production. Raises RegistryError if something of the user's own is in the way."""
    if blocked := obstacles(config):
        raise RegistryError(f"{blocked[0]}: is not a link to the release in production; move it away, then run again")
    models = config.paths.models.resolve()
    label = f"{run.run_id}-{gguf.quantization}"
    files = {GGUF: gguf.path, MERGED: run.merged, ADAPTER: run.adapter, MODELFILE: run.modelfile}
    try:
        for name, target in files.items():
            _link(models / RELEASES / label / name, target.resolve())
        for path, name in public_paths(config).items():
            _link(path, models / PRODUCTION / name)
        _link(models / PRODUCTION, models / RELEASES / label)
    except OSError as error:
        raise RegistryError(f"{models}: the files in production cannot be switched ({error}); run again") from error


def _link(link: Path, target: Path) -> None:
    """Let ``link`` point at ``target``: it points at the old one or the new one, and is never absent."""
    link.parent.mkdir(parents=True, exist_ok=True)
    relative = os.path.relpath(target, link.parent)
    if link.is_symlink() and os.readlink(link) == relative:
        return
    temporary = link.with_name(f".{link.name}.{secrets.token_hex(4)}")
    temporary.symlink_to(relative)
    temporary.replace(link)
    sync_folder(link.parent)
