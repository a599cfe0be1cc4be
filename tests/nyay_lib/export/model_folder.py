"""A model folder that a test damages."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy.typing as npt
from safetensors.numpy import load_file, save_file  # pyright: ignore[reportUnknownVariableType]

from nyay_lib.export.gguf import Progress, write_gguf

Array = npt.NDArray[Any]


class Model:
    """A copy of a model folder that a test may change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def edit(self, name: str, change: Callable[[Any], Any]) -> None:
        """Change the value in a JSON file in place."""
        path = self.folder / name
        value = json.loads(path.read_text())
        change(value)
        path.write_text(json.dumps(value))

    def config(self, **keys: Any) -> None:
        """Set keys of config.json."""

        def update(config: dict[str, Any]) -> None:
            config.update(keys)

        self.edit("config.json", update)

    @property
    def tensors(self) -> dict[str, Array]:
        return load_file(self.folder / "model.safetensors")

    def save(self, tensors: dict[str, Array], name: str = "model.safetensors") -> None:
        save_file(tensors, self.folder / name)

    def write(self, metadata: Mapping[str, str] = {}, on_progress: Progress | None = None) -> Path:
        """The GGUF beside the folder."""
        target = self.folder.with_suffix(".gguf")
        return write_gguf(self.folder, target, name="Test", metadata=metadata, on_progress=on_progress).path
