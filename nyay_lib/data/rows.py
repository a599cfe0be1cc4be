"""Where rows stand and whose they are, in some 40 bytes a row, so that hundreds of thousands fit beside a model."""

from array import array
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

NO_INPUT = -1

Numbers = npt.NDArray[np.int64]


class Place(NamedTuple):
    """Where a row stands: the number of its file, and its line from 1."""

    file: int
    line: int


class Rows:
    """What is kept of each row: file, line, case number and the number of its distinct input, or NO_INPUT."""

    def __init__(self) -> None:
        self.paths: list[Path] = []
        self.inputs = array("q")
        self._files = array("H")
        self._lines = array("L")
        self._cnrs = bytearray()

    def __len__(self) -> int:
        return len(self.inputs)

    def append(self, path: Path, line: int, cnr: str, number: int) -> int:
        """Take the row at a line of a file, whose input has this number, and say the number of the row."""
        if not self.paths or self.paths[-1] != path:
            self.paths.append(path)
        self.inputs.append(number)
        self._files.append(len(self.paths) - 1)
        self._lines.append(line)
        self._cnrs += cnr.encode().ljust(16)[:16]
        return len(self.inputs) - 1

    def place(self, row: int) -> Place:
        return Place(self._files[row], self._lines[row])

    def path(self, row: int) -> Path:
        return self.paths[self._files[row]]

    def id(self, row: int) -> str:
        """FILENAME:LINE."""
        return f"{self.path(row).name}:{self._lines[row]}"

    def cnr(self, row: int) -> str:
        return self._cnrs[16 * row : 16 * row + 16].decode()

    def cases(self) -> Numbers:
        """A number for each row's case, the same for the same CNR."""
        return np.unique(np.ndarray(len(self), "S16", bytes(self._cnrs)), return_inverse=True)[1].astype(np.int64)
