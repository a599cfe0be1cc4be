"""Which files are made of the tuned model, and what they may lose."""

from typing import Literal, Self

import pydantic
from pydantic import Field, PositiveFloat, PositiveInt

from nyay_lib.config.section import Ratio, Section

# From the smallest to the largest; q2_k is there to be asked for, and is more than the gate lets pass.
Quantization = Literal["q2_k", "q4_k_m", "q5_k_m", "q8_0", "f16"]
LADDER: tuple[Quantization, ...] = ("q4_k_m", "q5_k_m", "q8_0", "f16")
FuseOnto = Literal["quantized", "original"]


class ExportConfig(Section):
    """Which files are made of the tuned model."""

    quantization: Quantization | Literal["auto"] | tuple[Quantization, ...] = Field(
        default="q4_k_m",
        description="The file that is served; of several the first, the others are made and measured beside it; auto: "
        "the smallest that keeps what was trained",
    )
    fuse_onto: FuseOnto = Field(
        default="quantized",
        description="Base that the adapter is added to: the quantized one that it was trained on, dequantised, or the "
        "original, which is 2,000 times further (in KL) from what was trained",
    )

    @property
    def quantizations(self) -> tuple[Quantization, ...]:
        """What is made of the F16 file."""
        if self.quantization == "auto":
            return LADDER
        return self.quantization if isinstance(self.quantization, tuple) else (self.quantization,)

    @pydantic.model_validator(mode="after")
    def _each_is_named_once(self) -> Self:
        if len(set(self.quantizations)) < max(1, len(self.quantizations)):
            raise ValueError("export.quantization names no file, or one twice: name each once, or auto")
        return self


class FidelityConfig(Section):
    """How each stage of the export is held against the one before it, and what it may lose.

    Measured on SmolLM2, mean KL in nats: fused and stored in f16 5e-6, in bf16 2e-4, quantised again at 8 bits 4e-3;
    the F16 file 4e-6, a BF16 one 1e-4; q8_0 0.005, q4_k_m 0.07. Published for Llama 3 8B (llama.cpp,
    tools/perplexity): q8_0 0.001, q5_k_m 0.011, q4_k_m 0.031, q3_k_m 0.10, q2_k 0.45.
    """

    rows: int = Field(default=24, ge=2, description="Validation rows that every stage reads, at most")
    tokens: PositiveInt = Field(default=16_384, description="Tokens of these rows in all; the rows that fit are read")
    answer_tokens: PositiveInt = Field(default=128, description="Of each reference answer so many tokens at most")
    prompts: PositiveInt = Field(default=5, description="Rows whose greedy answer by the adapter every stage repeats")
    greedy_tokens: PositiveInt = Field(default=40, description="Length of these answers")
    exact_kl: PositiveFloat = Field(default=1e-4, description="Mean KL that fusing, and the F16 file, may cost")
    exact_top1: Ratio = Field(
        default=0.995, description="Share of tokens on which these two stages must agree; the rest are near ties"
    )
    original_kl: PositiveFloat = Field(
        default=0.03, description="Mean KL that fusing onto the original base may cost; 0.012 was measured"
    )
    eight_bit_kl: PositiveFloat = Field(default=0.02, description="Mean KL that q8_0 may cost")
    quantized_kl: PositiveFloat = Field(default=0.1, description="Mean KL that a file of fewer bits may cost")
    margin_lost: Ratio = Field(
        default=0.2, description="Share of what tuning gained over the base that a stage may lose"
    )
