"""Every stage of an export read on a small held-out sample, in two child processes: MLX's, then llama.cpp's."""

import math
import shutil
from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nyay_lib.base_model.prepared import BaseModel as Base
from nyay_lib.config import FidelityConfig, PipelineConfig, Quantization
from nyay_lib.data.dataset import Dataset
from nyay_lib.evaluation.sample import choose_rows
from nyay_lib.evaluation.statistics import paired_bootstrap
from nyay_lib.export.fidelity import ADAPTER, BASE, FUSE, GGUF, Fidelity, Stage, quantise
from nyay_lib.export.model_files import MergedModel
from nyay_lib.jobs import Event, FileMeasured, MeasureFilesJob, MeasureTunedJob, run_job
from nyay_lib.lines import Line, read_lines
from nyay_lib.training import Adapter

# Raised when figures are computed in another way, so that older ones are not taken for new ones.
MEASURING = 1
LEAST_ROWS = 2


@dataclass(frozen=True, slots=True)
class Tuned:
    """What was trained and fused, and the rows that it is measured on."""

    base: Base
    adapter: Adapter
    merged: MergedModel
    data: Dataset


@dataclass(frozen=True, slots=True)
class Sample:
    """Numbers of the rows that are read, in the order of drawing, and the judgment of each."""

    rows: tuple[int, ...]
    judgments: dict[int, str]


def draw(config: PipelineConfig, data: Dataset) -> Sample:
    """Of each task by its share so many rows as the tokens allow, at least two; the same for the same seed."""
    limits = config.fidelity
    notes = read_lines(data.folder / "val_rows.jsonl")
    rows = tuple(_drawn(limits, notes, config.training.seed))
    return Sample(rows, {row: str(notes[row]["cnr"]) for row in rows})


def _drawn(limits: FidelityConfig, notes: Sequence[Line], seed: int) -> Iterable[int]:
    room, tasks = limits.tokens, [str(note["task_type"]) for note in notes]
    before: set[int] = set()
    for count in range(1, min(limits.rows, len(notes)) + 1):
        chosen = set(choose_rows(tasks, count, seed))
        (row,) = chosen - before
        before, note = chosen, notes[row]
        room -= int(note["tokens"]) - max(0, int(note["answer_tokens"]) - limits.answer_tokens)
        if room < 0 and count > LEAST_ROWS:
            return
        yield row


def measure(
    config: PipelineConfig, tuned: Tuned, files: Mapping[Quantization, Path], context: int, folder: Path
) -> Generator[Event, None, tuple[Fidelity, dict[Quantization, FileMeasured]]]:
    """The fidelity of every stage, and speed and memory of each file; ``files`` begin with the F16 file.

    ``folder`` is for the children; the logits in it are removed. Raises ExportError, JobError.
    """
    sample, limits = draw(config, tuned.data), config.fidelity
    job = MeasureTunedJob(
        base=tuned.base.folder,
        adapter=tuned.adapter.folder,
        merged=tuned.merged.folder,
        validation=tuned.data.validation_file,
        rows=sample.rows,
        answer_tokens=limits.answer_tokens,
        prompts=limits.prompts,
        greedy_tokens=limits.greedy_tokens,
        folder=folder / "windows",
    )
    found: dict[Quantization, FileMeasured] = {}
    try:
        yield from run_job(job, folder / "tuned")
        by_llama = MeasureFilesJob(files=dict(files), folder=job.folder, context=context)
        for event in run_job(by_llama, folder / "files"):
            if isinstance(event, FileMeasured):
                found[event.quantization] = event
            yield event
        fidelity = summarise(job.folder, sample, found, config.training.seed)
        return fidelity.model_copy(update={"fused_onto": tuned.merged.fused_onto}), found
    finally:
        shutil.rmtree(job.folder, ignore_errors=True)


def summarise(folder: Path, sample: Sample, files: Mapping[Quantization, FileMeasured], seed: int) -> Fidelity:
    """The stages' figures out of the lines that the children wrote."""
    base, adapter, fused = (read_lines(folder / f"{name}.jsonl") for name in (BASE, ADAPTER, FUSE))
    stages = [stage_of(FUSE, ADAPTER, fused)]
    for name, file in files.items():
        before = FUSE if name == "f16" else GGUF
        stage = stage_of(quantise(name), before, read_lines(folder / f"{name}.jsonl"))
        stages.append(stage.model_copy(update={"other_tokens": file.other_tokens}))
    return Fidelity(
        rows=len(sample.rows),
        judgments=len(Counter(sample.judgments.values())),
        tokens=sum(len(line["nll"]) for line in base),
        base_loss=loss_of(base),
        adapter_loss=loss_of(adapter),
        margin_low=_margin_low(base, adapter, sample, seed),
        stages=tuple(stages),
    )


def stage_of(name: str, before: str, lines: Sequence[Line]) -> Stage:
    """One stage's figures over all its windows."""
    kl, same = (np.concatenate([line[column] for line in lines]) for column in ("kl", "same"))
    return Stage(
        name=name,
        before=before,
        positions=len(kl),
        # Rounding can take the divergence of two that are equal a hair below 0.
        kl=max(0.0, float(kl.mean())),
        kl_p99=max(0.0, float(np.quantile(kl, 0.99))),
        top1=float(same.mean()),
        loss=loss_of(lines),
        greedy=_greedy(lines),
    )


def loss_of(lines: Iterable[Line]) -> float:
    """Nats a token of the reference answers."""
    nll = [value for line in lines if line["kind"] == "reference" for value in line["nll"]]
    return math.fsum(nll) / len(nll)


def _greedy(lines: Iterable[Line]) -> float | None:
    """The share of greedy tokens up to the first that the stage would not have said."""
    hits = [line["hit"] for line in lines if line["kind"] == "greedy"]
    said = sum(hit.index(0) if 0 in hit else len(hit) for hit in hits)
    return said / sum(map(len, hits)) if hits else None


def _margin_low(base: Sequence[Line], adapter: Sequence[Line], sample: Sample, seed: int) -> float | None:
    """The lower 95 % bound of what the adapter gained, whole judgments resampled.

    As drawn: whether the model is better is asked of all rows by the gate, and here only whether there is a gain of
    which a stage may have lost a part, on so few rows as a measurement of every stage allows.
    """
    references = [line for line in adapter if line["kind"] == "reference"]
    without, tuned = ([math.fsum(line["nll"]) / len(line["nll"]) for line in lines] for lines in (base, references))
    weights = [float(len(line["nll"])) for line in base]
    clusters = [sample.judgments[line["row"]] for line in base]
    found = paired_bootstrap(without, tuned, clusters, seed, weights=weights, widened=False)
    return found and found.lower
