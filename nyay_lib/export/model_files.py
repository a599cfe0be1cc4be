"""What the export steps hand on: the merged model, the file that is shipped, and its base in the same form."""

from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from nyay_lib.config import FuseOnto, PipelineConfig, Quantization
from nyay_lib.results import Result


class MergedModel(Result):
    """A Hugging Face folder in f16 that mlx-lm and transformers open.

    ``fused_onto`` is the base whose weights are in it; ``process_peak`` is the memory in bytes that fusing took.
    """

    folder: Path
    digest: str
    bytes: int
    adapted_modules: int
    fused_onto: FuseOnto = "quantized"
    shards: int = 0
    process_peak: int = 0


class Gguf(Result):
    """The shipped file, its F16 parent, and proof that llama.cpp loads it and answers."""

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


class BaseFile(Result):
    """The dequantised base, quantised as the shipped file is."""

    base: str
    path: Path
    sha256: str
    bytes: int
    quantization: Quantization


def find_base_file(config: PipelineConfig) -> BaseFile | None:
    """A file of the configured base that was made before."""
    wanted = (config.model.name, config.export.quantization)
    for path in config.paths.cache.glob("base-file-*/result.json"):
        with suppress(OSError, ValidationError):
            found = BaseFile.model_validate_json(path.read_bytes())
            if (found.base, found.quantization) == wanted and found.path.exists():
                return found
    return None
