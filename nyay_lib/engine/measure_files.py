"""The F16 file and what was quantised from it, through llama.cpp: the last stages of an export."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import psutil
from llama_cpp import Llama

from nyay_lib.engine.llama import answer_logits, open_model
from nyay_lib.engine.pace import Pace
from nyay_lib.engine.stage import Logits, logits_file, read_stage
from nyay_lib.engine.windows import Window, read_windows
from nyay_lib.jobs import Emit, FileMeasured, MeasureFilesJob

MERGED, F16 = "fuse", "f16"
# Tokens that are read one by one, as an answer is made, to know the speed.
TIMED = 32


def measure_files(job: MeasureFilesJob, emit: Emit) -> Mapping[str, Any]:
    """Hold the F16 file against the merged model, and every other against it."""
    windows = read_windows(job.folder)
    for name, path in job.files.items():
        before = psutil.Process().memory_info().rss
        model = open_model(path, job.context)
        pace = Pace(emit, f"windows read, {name}", 0, len(windows))
        against, keep = (MERGED, len(job.files) > 1) if name == F16 else (F16, False)
        read_stage(job.folder, name, windows, _reader(model), pace.step, against=against, keep=keep)
        speed = tokens_per_second(model, windows)
        memory = psutil.Process().memory_info().rss - before
        other = sum(not is_cut_alike(model, window) for window in windows)
        emit(FileMeasured(quantization=name, tokens_per_second=speed, memory=max(0, memory), other_tokens=other))
        model.close()
    for stage in (MERGED, F16):
        logits_file(job.folder, stage).unlink(missing_ok=True)
    return {"files": len(job.files)}


def _reader(model: Llama) -> Callable[[Window], Iterator[Logits]]:
    return lambda window: answer_logits(model, window.tokens[: window.prompt], window.answer)


def tokens_per_second(model: Llama, windows: Sequence[Window]) -> float:
    """Speed at which single tokens are computed after a prompt."""
    window = windows[0]
    model.reset()
    model.eval(list(window.tokens[: window.prompt]))
    timed = window.answer[:TIMED]
    start = time.perf_counter()
    for token in timed:
        model.eval([token])
    return len(timed) / (time.perf_counter() - start)


def is_cut_alike(model: Llama, window: Window) -> bool:
    """Whether llama.cpp cuts the text of a row into the tokens that it was trained with."""
    return window.kind == "greedy" or _cut(model, window) == list(window.tokens)


def _cut(model: Llama, window: Window) -> list[int]:
    prompt, answer = (model.tokenize(t.encode(), add_bos=False, special=True) for t in window.texts)
    return [*prompt, *answer][: len(window.tokens)]
