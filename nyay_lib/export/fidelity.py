"""What each stage of an export kept of the one before it: its figures, and what in them is too much.

The stages: ``base``, the frozen weights alone; ``adapter``, the model as it was trained; ``fuse``, the merged folder;
``gguf``, the F16 file; ``quantise q4_k_m`` and its like. Every stage from ``fuse`` on is held against the one before.
"""

import math
from collections.abc import Sequence

from nyay_lib.config import FidelityConfig, FuseOnto
from nyay_lib.frozen import Frozen

BASE, ADAPTER, FUSE, GGUF = "base", "adapter", "fuse", "gguf"
EXACT = (FUSE, GGUF)
QUANTISE = "quantise "
EIGHT_BITS = f"{QUANTISE}q8_0"


class Stage(Frozen):
    """One stage against the one ``before`` it.

    ``kl`` is the mean of KL(before || stage) in nats over ``positions`` tokens of reference and greedy answers,
    ``kl_p99`` its 99th percentile, ``top1`` the share of them on which both say the same first. ``loss`` is in nats a
    token of the reference answers. ``greedy`` is the share of the adapter's greedy tokens that the stage says too
    before it first says another; None where the adapter says nothing.
    """

    name: str
    before: str
    positions: int
    kl: float
    kl_p99: float
    top1: float
    loss: float
    greedy: float | None
    other_tokens: int = 0

    @property
    def perplexity(self) -> float:
        return math.exp(self.loss)


class Fidelity(Frozen):
    """All stages on one sample of ``rows`` validation rows of ``judgments``; losses in nats a token.

    ``margin_low`` is what the adapter gained over the base at least, 95 % sure; None with fewer than two judgments.
    """

    rows: int
    judgments: int
    tokens: int
    base_loss: float
    adapter_loss: float
    margin_low: float | None
    stages: tuple[Stage, ...]
    fused_onto: FuseOnto = "quantized"

    @property
    def margin(self) -> float:
        """What the adapter gained over the base on these rows."""
        return self.base_loss - self.adapter_loss

    @property
    def is_margin_measured(self) -> bool:
        """Whether the gain is more than chance on so few rows."""
        return self.margin_low is not None and self.margin_low > 0

    def stage(self, name: str) -> Stage:
        return next(stage for stage in self.stages if stage.name == name)

    def kept(self, stage: Stage) -> float | None:
        """The share of the gain that is left after a stage; None where there is no gain to keep."""
        return (self.base_loss - stage.loss) / self.margin if self.is_margin_measured else None

    def lost(self, stage: Stage) -> float | None:
        """The share of the gain that this stage itself took."""
        if not self.is_margin_measured:
            return None
        before = self.adapter_loss if stage.before == ADAPTER else self.stage(stage.before).loss
        return (stage.loss - before) / self.margin


def is_exact(fidelity: Fidelity, stage: Stage) -> bool:
    """Whether a stage only writes the same model in another way."""
    return stage.name == GGUF or (stage.name == FUSE and fidelity.fused_onto == "quantized")


def kl_limit(config: FidelityConfig, fidelity: Fidelity, stage: Stage) -> float:
    """The mean KL that a stage may cost."""
    if is_exact(fidelity, stage):
        return config.exact_kl
    if stage.name == FUSE:
        return config.original_kl
    return config.eight_bit_kl if stage.name == EIGHT_BITS else config.quantized_kl


def faults(config: FidelityConfig, fidelity: Fidelity, stage: Stage) -> list[str]:
    """What a stage lost too much of, each with its figure and limit; what is not measured is no fault."""
    found: list[str] = []
    if not stage.kl <= (limit := kl_limit(config, fidelity, stage)):
        found.append(f"KL {stage.kl:.2g} to {stage.before}, over {limit:g}")
    if is_exact(fidelity, stage) and stage.top1 < config.exact_top1:
        found.append(f"agrees with {stage.before} on {stage.top1:.2%} of the tokens, under {config.exact_top1:.2%}")
    lost = fidelity.lost(stage)
    if lost is not None and lost > config.margin_lost:
        found.append(f"lost {lost:.0%} of what tuning gained, over {config.margin_lost:.0%}")
    if stage.other_tokens:
        found.append(f"llama.cpp cuts {stage.other_tokens} of {fidelity.rows} rows into other tokens")
    return found


def quantise(quantization: str) -> str:
    """The name of the stage that makes a file."""
    return GGUF if quantization == "f16" else f"{QUANTISE}{quantization}"


def lineage(quantization: str) -> Sequence[str]:
    """The stages that a file went through."""
    return (*EXACT,) if quantization == "f16" else (*EXACT, quantise(quantization))
