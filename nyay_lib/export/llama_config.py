"""What config.json says of a Llama, checked to be a model that llama.cpp computes in the same way."""

import math
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
import numpy.typing as npt
import pydantic
from pydantic import AliasChoices, Field, NonNegativeInt, PositiveInt

from nyay_lib.errors import ExportError
from nyay_lib.export.safetensors_reader import read_object

DEFAULT_ROPE_THETA = 10_000.0  # of transformers' LlamaConfig, where config.json names none
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Ids = NonNegativeInt | list[NonNegativeInt] | None


class Rope(pydantic.BaseModel):
    """Rotary positions: ``rope_scaling`` of transformers 4, or ``rope_parameters`` of transformers 5 with the base.

    Raises ValueError for a scaling of another kind than Llama 3's, or an incomplete one.
    """

    model_config = pydantic.ConfigDict(frozen=True)

    kind: Literal["default", "llama3"] | None = Field(None, validation_alias=AliasChoices("rope_type", "type"))
    rope_theta: Positive | None = None
    factor: Positive | None = None
    low_freq_factor: Positive | None = None
    high_freq_factor: Positive | None = None
    original_max_position_embeddings: PositiveInt | None = None

    @property
    def llama3(self) -> tuple[float, float, float, int] | None:
        """Factor, low and high frequency factor and first context length, if this is Llama 3's scaling."""
        low, high, context = self.low_freq_factor, self.high_freq_factor, self.original_max_position_embeddings
        if self.kind != "llama3":
            return None
        if self.factor is None or low is None or high is None or context is None or high <= low:
            names = "factor, low_freq_factor < high_freq_factor and original_max_position_embeddings"
            raise ValueError(f"the rope scaling 'llama3' needs {names}, has {self.model_dump(exclude_none=True)}")
        return self.factor, low, high, context

    @pydantic.model_validator(mode="after")
    def _complete(self) -> Self:
        _ = self.llama3  # raises where something is missing
        return self


class LlamaConfig(pydantic.BaseModel):
    """The keys of config.json that shape the computation; the others are left alone."""

    model_config = pydantic.ConfigDict(frozen=True, protected_namespaces=())

    model_type: Literal["llama"]
    hidden_size: PositiveInt
    intermediate_size: PositiveInt
    num_hidden_layers: Annotated[int, Field(gt=0, le=10_000)]
    num_attention_heads: PositiveInt
    num_key_value_heads: PositiveInt | None = None
    head_dim: PositiveInt | None = None
    vocab_size: PositiveInt
    max_position_embeddings: PositiveInt
    rms_norm_eps: Positive
    rope_theta: Positive | None = None
    rope_scaling: Rope | None = None
    rope_parameters: Rope | None = None
    tie_word_embeddings: bool | None = None
    bos_token_id: Ids = None
    eos_token_id: Ids = None
    pad_token_id: int | None = None
    # Variants that share the name but not the arithmetic of llama.cpp's llama.
    hidden_act: Literal["silu"] = "silu"
    attention_bias: Literal[False] = False
    mlp_bias: Literal[False] = False
    partial_rotary_factor: Annotated[float, Field(ge=1, le=1)] = 1.0
    rope_traditional: Literal[False] = False

    @property
    def kv_heads(self) -> int:
        """Key and value heads; as many as query heads where config.json does not say."""
        return self.num_key_value_heads or self.num_attention_heads

    @property
    def head_width(self) -> int:
        """Width of one attention head."""
        return self.head_dim or self.hidden_size // self.num_attention_heads

    @property
    def theta(self) -> float:
        """Base of the rotary frequencies."""
        inner = self.rope_parameters.rope_theta if self.rope_parameters else None
        return self.rope_theta or inner or DEFAULT_ROPE_THETA

    @property
    def rope_factors(self) -> npt.NDArray[np.float32] | None:
        """What llama.cpp divides each rotary frequency by, shape (head_width / 2,); None where positions are plain."""
        scaled = [r.llama3 for r in (self.rope_scaling, self.rope_parameters) if r and r.llama3]
        return llama3_factors(self.theta, self.head_width, *scaled[0]) if scaled else None

    @pydantic.model_validator(mode="after")
    def _consistent(self) -> Self:
        given = [rope for rope in (self.rope_scaling, self.rope_parameters) if rope]
        if len({rope.llama3 for rope in given}) > 1:
            raise ValueError("rope_scaling and rope_parameters differ; keep the one that the model was made with")
        bases = {base for base in (self.rope_theta, *(rope.rope_theta for rope in given)) if base}
        if len(bases) > 1:
            raise ValueError(f"rope_theta has the values {sorted(bases)}; keep the one that the model was made with")
        if self.num_attention_heads % self.kv_heads or self.head_width % 2:
            heads = f"{self.num_attention_heads} heads, {self.kv_heads} key heads, {self.head_width} wide"
            raise ValueError(f"{heads}, is no possible attention")
        return self


def llama3_factors(
    theta: float, head_dim: int, factor: float, low: float, high: float, context: int
) -> npt.NDArray[np.float32]:
    """Llama 3's stretching of the rotary wavelengths, shape (head_dim / 2,), from 1 to ``factor``.

    Waves that turn more than ``high`` times in ``context`` tokens stay, those that turn less than ``low`` times are
    stretched by ``factor``, and between the two frequencies are blended.
    Source: Dubey et al. 2024, The Llama 3 Herd of Models; transformers, _compute_llama3_parameters.
    """
    frequency = theta ** (-np.arange(0, head_dim, 2, dtype=np.float64) / head_dim)
    turns = context * frequency / (2 * math.pi)
    blend = np.clip((turns - low) / (high - low), 0.0, 1.0)
    return (1.0 / ((1.0 - blend) / factor + blend)).astype(np.float32)


def read_llama_config(folder: Path) -> LlamaConfig:
    """The checked config.json of ``folder``.

    Raises ExportError for another architecture, a quantised model, or a variant that llama.cpp would compute otherwise.
    """
    path = folder / "config.json"
    content = read_object(path)
    for key in ("quantization", "quantization_config"):
        if content.get(key):
            raise ExportError(f"{path}: {key} is set, so the weights are still quantised: dequantise them when fusing")
    try:
        return LlamaConfig.model_validate(content)
    except pydantic.ValidationError as error:
        raise ExportError(f"{path}: {_words(error)}; correct it or use another base model") from None


def _words(error: pydantic.ValidationError) -> str:
    """The first thing that is wrong, in one line."""
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    if first["type"] == "value_error":
        return first["msg"].removeprefix("Value error, ")
    if first["type"] == "missing":
        return f"{where} is missing"
    return f"{where} is {first['input']!r}, {first['msg'][0].lower()}{first['msg'][1:]}"
