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
    require_free(config)
    files = {GGUF: gguf.path, MERGED: run.merged, ADAPTER: run.adapter, MODELFILE: run.modelfile}
    if missing := [path for path in files.values() if not path.exists()]:
        raise RegistryError(f"{missing[0]}: is missing, so {run.run_id} cannot go into production; run its steps again")
    folder = release_folder(config, f"{run.run_id}-{gguf.quantization}")
    for name, target in files.items():
        _link(folder / name, target.resolve())
    link_public(config)
    return folder


def release_folder(config: PipelineConfig, label: str) -> Path:
    """The folder of links of one release."""
    return config.paths.models.resolve() / RELEASES / label


def missing_files(folder: Path) -> list[Path]:
    """What a release's folder of links should lead to and does not."""
    return [folder / name for name in (GGUF, MERGED, ADAPTER, MODELFILE) if not (folder / name).exists()]


def require_free(config: PipelineConfig) -> None:
    """Raises RegistryError if something of the user's own stands where a link must."""
    if blocked := obstacles(config):
        raise RegistryError(f"{blocked[0]}: is not a link to the release in production; move it away, then run again")


def link_public(config: PipelineConfig) -> None:
    """Let the names that users open lead through the one link. Raises RegistryError."""
    for path, name in public_paths(config).items():
        _link(path, config.paths.models.resolve() / PRODUCTION / name)


def astray(config: PipelineConfig, folder: Path) -> list[Path]:
    """Links that do not lead where they do when the release of ``folder`` is in production."""
    production = config.paths.models.resolve() / PRODUCTION
    wanted = {production: folder} | {path: production / name for path, name in public_paths(config).items()}
    return [link for link, target in wanted.items() if not _leads(link, target)]


def clear_links(config: PipelineConfig) -> None:
    """Remove what killed writers of links left beside them; only while nobody else may write links."""
    models = config.paths.models.resolve()
    for link in (*public_paths(config), models / PRODUCTION, *(models / RELEASES).glob("*/*")):
        for left in link.parent.glob(f".{link.name}.{'[0-9a-f]' * 8}"):
            if left.is_symlink():
                left.unlink(missing_ok=True)


def withdraw(config: PipelineConfig) -> None:
    """Let nothing be in production."""
    (config.paths.models.resolve() / PRODUCTION).unlink(missing_ok=True)


def switch(config: PipelineConfig, folder: Path) -> None:
    """Put a prepared release into production, in one moment. Raises RegistryError if the link cannot be written."""
    _link(config.paths.models.resolve() / PRODUCTION, folder)


def _link(link: Path, target: Path) -> None:
    """Let ``link`` point at ``target``: it points at the old one or the new one, and is never absent."""
    relative = os.path.relpath(target, link.parent)
    if _leads(link, target):
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


def _leads(link: Path, target: Path) -> bool:
    return link.is_symlink() and link.readlink() == Path(os.path.relpath(target, link.parent))
