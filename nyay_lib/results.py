"""What a step returns: a frozen record of paths, digests and counts that survives a round trip through JSON."""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import pydantic

from nyay_lib.errors import DamagedError
from nyay_lib.files import digest_file, write_text

logger = logging.getLogger(__name__)


class Result(pydantic.BaseModel):
    """Base of every step's result.

    ``inputs`` is the digest of all that went into the step. A result that is found on disk with the same digest is
    handed out again and says so in ``reused``.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    inputs: str
    seconds: float = 0.0
    reused: bool = False

    def save(self, path: Path) -> Self:
        """Write the result to ``path``; it is a step's last file, so its presence means complete."""
        write_text(path, self.model_dump_json(indent=2) + "\n")
        return self

    @classmethod
    def reuse(cls, path: Path, inputs: str) -> Self | None:
        """The result at ``path`` if it was made from the same inputs, else None."""
        try:
            found = cls.model_validate_json(path.read_bytes())
        except (FileNotFoundError, pydantic.ValidationError):
            return None
        return found.model_copy(update={"reused": True}) if found.inputs == inputs else None


class Product(Result):
    """A folder that a step made; ``files`` are the SHA-256 of what is in it, by name.

    Disks flip bits and people copy half a file: what was made hours ago is compared before it is used. Results of
    before that was done have no ``files``, and nothing to compare.
    """

    folder: Path
    files: dict[str, str] = {}

    def damaged(self) -> Path | None:
        """The first file that is gone, or no longer as it was made."""
        return first_damaged(self.folder, self.files)

    def require_intact(self, mend: str = "run again, and it is made anew") -> None:
        """Raises DamagedError that names the file; ``mend`` is what to do."""
        if path := self.damaged():
            raise damage(path, mend)

    @classmethod
    def reuse_intact(cls, path: Path, inputs: str) -> Self | None:
        """``reuse``, but a product that is damaged is told of in the log, and made again."""
        found = cls.reuse(path, inputs)
        if found is not None and (bad := found.damaged()):
            logger.warning("%s", damage(bad, "it is made again"))
            return None
        return found


def seal(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """The digests of the named files, to be kept with a product."""
    return {name: digest_file(folder / name) for name in sorted(names)}


def first_damaged(folder: Path, files: dict[str, str]) -> Path | None:
    """The first of these files that is gone, or has another digest."""
    for name, digest in files.items():
        if not (folder / name).is_file() or digest_file(folder / name) != digest:
            return folder / name
    return None


def is_intact(path: Path, sha256: str) -> bool:
    """Whether a file that was made before is still the one with this digest; one that is not is told of in the log."""
    if path.exists() and first_damaged(path.parent, {path.name: sha256}):
        logger.warning("%s", damage(path, "it is made again"))
        return False
    return path.exists()


def require_file(path: Path, sha256: str, mend: str = "run again, and it is made anew") -> None:
    """Raises DamagedError unless a file is there, and is the one with this digest."""
    if first_damaged(path.parent, {path.name: sha256}):
        raise damage(path, mend)


def damage(path: Path, mend: str) -> DamagedError:
    """What is wrong with a damaged file, and ``mend``, in words."""
    what = "has changed since it was made: its SHA-256 is another" if path.is_file() else "is gone"
    return DamagedError(f"{path}: {what}; {mend}")
