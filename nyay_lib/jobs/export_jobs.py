"""Jobs that make files of a tuned model, and measure what each stage lost."""

from pathlib import Path
from typing import Literal

from nyay_lib.config import Quantization
from nyay_lib.frozen import Frozen


class FuseJob(Frozen):
    """Base and adapter, or the base alone, to one Hugging Face folder in f16.

    ``source`` is the folder that the base was quantised from: tokenizer files are taken as they are there.
    """

    kind: Literal["fuse"] = "fuse"
    base: Path
    adapter: Path | None
    target: Path
    source: Path | None = None

    @property
    def original(self) -> Path:
        return self.source or self.base


class QuantizeJob(Frozen):
    """The F16 GGUF file ``source`` to one of each quantisation in ``targets``, by llama.cpp."""

    kind: Literal["quantize"] = "quantize"
    source: Path
    targets: dict[Quantization, Path]


class MeasureTunedJob(Frozen):
    """What base, adapter and ``merged`` make of ``rows`` of ``validation``, in MLX; without an adapter the base twice.

    ``folder`` receives the windows that were read, the figures of each stage, and the logits of the last one.
    """

    kind: Literal["measure_tuned"] = "measure_tuned"
    base: Path
    adapter: Path | None
    merged: Path
    validation: Path
    rows: tuple[int, ...]
    answer_tokens: int
    prompts: int
    greedy_tokens: int
    folder: Path


class MeasureFilesJob(Frozen):
    """What GGUF ``files`` make of the windows in ``folder``, by llama.cpp: the F16 file first, then its offspring."""

    kind: Literal["measure_files"] = "measure_files"
    files: dict[Quantization, Path]
    folder: Path
    context: int
