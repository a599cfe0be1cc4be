"""Where fetched and made models lie in the cache: whole, or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydantic
from filelock import FileLock

from nyay_lib.base_model.source import SourceModel, measure
from nyay_lib.errors import BaseModelError
from nyay_lib.files import digest_value, write_text

DIGITS = 16


@dataclass(frozen=True, slots=True)
class Place:
    """One model's corner of the cache: ``model/``, and ``source.json`` that is written last."""

    root: Path

    @classmethod
    def of(cls, cache: Path, inputs: dict[str, Any]) -> "Place":
        """The corner for what is made of ``inputs``."""
        return cls(cache.resolve() / digest_value(inputs)[:DIGITS])

    @property
    def folder(self) -> Path:
        return self.root / "model"

    @property
    def manifest(self) -> Path:
        return self.root / "source.json"

    def found(self) -> SourceModel | None:
        """The finished model; None if there is none, or its files no longer are as the manifest says."""
        try:
            source = SourceModel.model_validate_json(self.manifest.read_bytes())
            size = measure(source.name, self.folder, source.bits)
        except (OSError, pydantic.ValidationError, BaseModelError):
            return None
        # The project may have been moved since: the folder is where the manifest lies.
        whole = size == (source.parameters, source.bytes)
        return source.model_copy(update={"folder": self.folder}) if whole else None

    def forget(self) -> None:
        """Have the model made or completed anew by whoever asks for it next."""
        self.manifest.unlink(missing_ok=True)

    def find_or_make(self, make: Callable[[Path], SourceModel]) -> SourceModel:
        """The finished model, made first if need be; of two processes one makes it and the other waits."""
        self.root.mkdir(parents=True, exist_ok=True)
        with FileLock(self.root / ".lock"):
            source = self.found()
            if source is None:
                source = make(self.folder)
                write_text(self.manifest, source.model_dump_json(indent=2) + "\n")
            return source
