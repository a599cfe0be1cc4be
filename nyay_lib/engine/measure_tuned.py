"""What was trained and what it was fused to, in MLX: the first two stages of an export."""

import gc
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import mlx.core as mx
import numpy as np

from nyay_lib.data.chat import read_chats
from nyay_lib.engine.batches import Row, row_of
from nyay_lib.engine.evaluate import with_adapter
from nyay_lib.engine.exact import load_exact
from nyay_lib.engine.greedy import answer_tokens
from nyay_lib.engine.lanes import Lanes
from nyay_lib.engine.loss import output_weights
from nyay_lib.engine.model import LoadedModel
from nyay_lib.engine.pace import Pace
from nyay_lib.engine.stage import Logits, logits_file, read_stage
from nyay_lib.engine.weights import dense_bytes
from nyay_lib.engine.windows import Window, write_windows
from nyay_lib.errors import ExportError
from nyay_lib.jobs import Emit, MeasureTunedJob
from nyay_lib.prompt import Message

PIECE = 128
BYTES = 4  # of a logit
# Below this size threads wait for each other longer than they compute.
ONE_THREAD_BYTES = 8_000_000


def measure_tuned(job: MeasureTunedJob, emit: Emit) -> Mapping[str, Any]:
    """Let base, adapter and merged model read the windows; one model is in memory at a time."""
    job.folder.mkdir(parents=True, exist_ok=True)
    loaded = load_exact(job.base)
    if dense_bytes(loaded.model) > ONE_THREAD_BYTES:
        Lanes().deal([job])  # a window after another leaves every core to the matrix products
    chats = list(read_chats(job.validation))
    references = [reference(row, chats[row], loaded, job.answer_tokens) for row in job.rows]
    _stage(job, emit, "base", loaded, references, against=None, keep=False)
    if job.adapter is not None:
        with_adapter(loaded.model, job.adapter)
        loaded.model.eval()
    windows = [*references, *greedy(loaded, references[: job.prompts], job.greedy_tokens)]
    write_windows(job.folder, windows)
    require_room(job.folder, windows, output_weights(loaded.model).shape[0])
    _stage(job, emit, "adapter", loaded, windows, against=None, keep=True)
    loaded.model.clear()
    del loaded
    gc.collect()
    mx.clear_cache()
    _stage(job, emit, "fuse", load_exact(job.merged), windows, against="adapter", keep=True)
    logits_file(job.folder, "adapter").unlink()
    return {"windows": len(windows), "positions": sum(len(window.answer) for window in windows)}


def reference(number: int, chat: Sequence[Message], loaded: LoadedModel, longest: int) -> Window:
    """A row with the start of its reference answer."""
    row = row_of(number, chat, loaded)
    texts = (loaded.chat.prompt(chat[:-1]), chat[-1]["content"] + loaded.chat.end)
    return Window("reference", number, row.prompt_length, tuple(row.tokens[: row.prompt_length + longest]), texts)


def greedy(loaded: LoadedModel, references: Sequence[Window], longest: int) -> Iterator[Window]:
    """The rows' prompts with what the model answers; none where it ends at once."""
    rows = [Row(window.row, window.tokens, window.prompt) for window in references]
    for window, tokens in zip(references, answer_tokens(loaded, rows, longest), strict=True):
        if tokens:
            prompt = window.tokens[: window.prompt]
            yield Window("greedy", window.row, window.prompt, (*prompt, *tokens), ())


def require_room(folder: Path, windows: Sequence[Window], vocabulary: int) -> None:
    """Raises ExportError if the logits of two stages, which lie beside each other for a while, do not fit the disk."""
    needed = 2 * BYTES * vocabulary * sum(len(window.answer) for window in windows)
    if (free := shutil.disk_usage(folder).free) < needed:
        raise ExportError(
            f"{folder}: {needed / 1e9:.2f} GB are needed for the logits that stages are compared by, {free / 1e9:.2f} "
            "GB are free: make room, or lower fidelity.rows or fidelity.answer_tokens"
        )


def _stage(
    job: MeasureTunedJob,
    emit: Emit,
    stage: str,
    loaded: LoadedModel,
    windows: Sequence[Window],
    *,
    against: str | None,
    keep: bool,
) -> None:
    pace = Pace(emit, f"windows read, {stage}", 0, len(windows))

    def read(window: Window) -> Iterator[Logits]:
        return logits(loaded.model, window)

    read_stage(job.folder, stage, windows, read, pace.step, against=against, keep=keep)


def logits(model: Any, window: Window) -> Iterator[Logits]:
    """Logits of the tokens of a window's answer, a piece at a time."""
    hidden = model.model(mx.array([window.inputs]))[0, window.prompt - 1 :]
    weights = output_weights(model)
    mx.eval(hidden)
    for start in range(0, hidden.shape[0], PIECE):
        yield np.array((hidden[start : start + PIECE] @ weights.T).astype(mx.float32))
