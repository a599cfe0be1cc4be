"""What the export steps hand on: the merged model, and the file that is shipped."""

from pathlib import Path

from nyay_lib.config import Quantization
from nyay_lib.results import Result


class MergedModel(Result):
    """A Hugging Face folder in f16 that mlx-lm and transformers open."""

    folder: Path
    digest: str
    bytes: int
    adapted_modules: int


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
