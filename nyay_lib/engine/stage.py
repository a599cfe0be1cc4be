"""One stage of an export on all windows, held against the stage before it, a piece of the logits at a time.

The logits of a stage lie on the disk as f32, all of the vocabulary, so that the divergence is exact: memory holds a few
positions of two models, whatever vocabulary and sample are.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from nyay_lib.engine.windows import Window
from nyay_lib.errors import ExportError
from nyay_lib.files import write_text
from nyay_lib.lines import Line, json_line

Logits = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
# Logits (positions, vocabulary) of the tokens of a window's answer, in order and in pieces.
Read = Callable[[Window], Iterator[Logits]]
# Positions that are compared at once: some 130 MB in f64 at Llama 3's vocabulary.
BLOCK = 32


def logits_file(folder: Path, stage: str) -> Path:
    return folder / f"{stage}.logits"


def figures_file(folder: Path, stage: str) -> Path:
    return folder / f"{stage}.jsonl"


def read_stage(
    folder: Path,
    stage: str,
    windows: Sequence[Window],
    read: Read,
    step: Callable[[], None],
    *,
    against: str | None,
    keep: bool,
) -> None:
    """Write the stage's figures, a line for each window, and its logits where others are held against them.

    ``against`` names the stage before. Raises ExportError for logits that are not finite or of another vocabulary.
    """
    lines: list[Line] = []
    with ExitStack() as files:
        kept = files.enter_context(logits_file(folder, stage).open("wb")) if keep else None
        before = files.enter_context(logits_file(folder, against).open("rb")) if against else None
        for window in windows:
            lines.append(_window(stage, window, read(window), before, kept))
            step()
    write_text(figures_file(folder, stage), "".join(map(json_line, lines)))


def _window(
    stage: str, window: Window, pieces: Iterable[Logits], before: IO[bytes] | None, kept: IO[bytes] | None
) -> Line:
    """Per token of the answer: its nll, and whether it is foretold; against the stage before also KL and agreement."""
    columns: dict[str, list[float]] = {"nll": [], "hit": [], "kl": [], "same": []}
    done = 0
    for piece in pieces:
        if not np.isfinite(piece).all():
            raise ExportError(f"{stage}: row {window.row} has logits that are not finite; the export has broken it")
        if kept:
            _keep(kept, piece)
        for block in np.split(piece, range(BLOCK, len(piece), BLOCK)):
            targets = window.answer[done : done + len(block)]
            done += len(block)
            for name, values in _compare(block, targets, _next(before, block.shape)).items():
                columns[name] += values.tolist()
    if done != len(window.answer):
        raise ExportError(f"{stage}: row {window.row} gave {done} of {len(window.answer)} positions")
    return {"kind": window.kind, "row": window.row} | {name: found for name, found in columns.items() if found}


def _keep(kept: IO[bytes], piece: Logits) -> None:
    """Add logits to a file that begins with the size of the vocabulary."""
    if kept.tell() == 0:
        kept.write(np.int64(piece.shape[1]).tobytes())
    kept.write(piece.tobytes())


def _next(before: IO[bytes] | None, shape: tuple[int, ...]) -> Logits | None:
    """The logits of the stage before at the next positions."""
    if before is None:
        return None
    if before.tell() == 0 and (size := int(np.fromfile(before, np.int64, 1)[0])) != shape[1]:
        raise ExportError(f"a vocabulary of {size} tokens became one of {shape[1]}; fuse and write the files again")
    return np.fromfile(before, np.float32, shape[0] * shape[1]).reshape(shape)


def _compare(logits: Logits, targets: Sequence[int], before: Logits | None) -> dict[str, npt.NDArray[Any]]:
    """KL(before || this) in nats, and what each says first."""
    ours, said = log_softmax(logits), logits.argmax(axis=1)
    found: dict[str, npt.NDArray[Any]] = {
        "nll": -ours[np.arange(len(targets)), list(targets)],
        "hit": (said == np.array(targets)).astype(int),
    }
    if before is None:
        return found
    theirs = log_softmax(before)
    kl = np.sum(np.exp(theirs) * (theirs - ours), axis=1)
    return found | {"kl": kl, "same": (said == before.argmax(axis=1)).astype(int)}


def log_softmax(logits: Logits) -> Floats:
    """Log-probabilities in f64: in f32 the error of the normalisation would be as large as what is measured."""
    shifted = logits.astype(np.float64)
    shifted -= shifted.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
