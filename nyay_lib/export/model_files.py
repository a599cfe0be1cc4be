"""What the export steps hand on: the merged model, the file that is shipped, and its base in the same form."""

from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from nyay_lib.config import FuseOnto, PipelineConfig, Quantization
from nyay_lib.export.fidelity import Fidelity
from nyay_lib.frozen import Frozen
from nyay_lib.results import Product, Result


class MergedModel(Product):
    """A Hugging Face folder in f16 that mlx-lm and transformers open.

    ``fused_onto`` is the base whose weights are in it; ``process_peak`` is the memory in bytes that fusing took.
    """

    digest: str
    bytes: int
    adapted_modules: int
    fused_onto: FuseOnto = "quantized"
    shards: int = 0
    process_peak: int = 0


class Rung(Frozen):
    """One of the files that were made: ``fallbacks`` of its ``tensors`` took more bits than its name says.

    ``memory`` is what the process that read it grew by, in bytes; ``faults`` is what it lost too much of; a file that
    nobody asked for by name is removed again.
    """

    quantization: Quantization
    path: Path
    is_kept: bool
    bytes: int
    bits_per_weight: float
    tensors: int
    fallbacks: int
    tokens_per_second: float
    memory: int
    faults: tuple[str, ...]


class Gguf(Result):
    """The shipped file, its F16 parent, and proof that llama.cpp loads it and answers.

    ``fidelity`` is what every stage of the export kept, ``rungs`` are the files that were made, the F16 file first;
    neither is there in results of before they were measured.
    """

    path: Path
    sha256: str
    bytes: int
    quantization: Quantization
    f16: Path
    f16_bytes: int
    question: str
    answer: str
    tokens_per_second: float
    first_token_seconds: float
    fidelity: Fidelity | None = None
    rungs: tuple[Rung, ...] = ()


class BaseFile(Result):
    """The dequantised base, quantised as the shipped file is."""

    base: str
    path: Path
    sha256: str
    bytes: int
    quantization: Quantization


def find_base_file(config: PipelineConfig) -> BaseFile | None:
    """A file of the configured base, in a form that may be shipped, that was made before."""
    for path in config.paths.cache.glob("base-file-*/result.json"):
        with suppress(OSError, ValidationError):
            found = BaseFile.model_validate_json(path.read_bytes())
            is_wanted = found.base == config.model.name and found.quantization in config.export.quantizations
            if is_wanted and found.path.exists():
                return found
    return None
