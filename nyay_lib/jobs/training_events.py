"""What a child tells of training: what was loaded and measured, each step, and where the work is safe."""

from typing import Literal

from nyay_lib.frozen import Frozen


class Loaded(Frozen):
    """A model with its adapter is in memory. Bytes: MLX's ``active_memory``, and the process's peak so far.

    ``chunk`` is the number of positions whose logits exist together on each of the ``lanes``; ``attention_ratio`` is
    the work of attention over that of the weights for each token of length; ``kept_bytes`` are those of the layers'
    inputs, a token. On a CPU the weights are written out (``is_dense``) where their ``dense_bytes`` are less than
    ``dense_share`` of the free memory.
    """

    type: Literal["loaded"] = "loaded"
    lanes: int
    chunk: int
    attention_ratio: float
    active_memory: int
    process_peak: int
    dense_bytes: int
    dense_share: float
    is_dense: bool
    trainable_parameters: int
    kept_bytes: int


class Setting(Frozen):
    """A micro-batch of ``rows`` that the model reads ``length`` tokens of, the last ``answer`` of them completions."""

    rows: int
    length: int
    answer: int
    gradient_checkpointing: bool = False

    def __str__(self) -> str:
        extra = ", gradient checkpointing" if self.gradient_checkpointing else ""
        return f"{self.rows} x {self.length} tokens{extra}"


class Measured(Frozen):
    """What a micro-batch took, forwards and backwards; ``forward_seconds`` is 0 where that was not measured apart.

    Bytes: MLX's ``peak_memory`` for this setting, and the process's so far, on Linux since the base was loaded, with
    gradient checkpointing since it was put on.
    """

    type: Literal["measured"] = "measured"
    setting: Setting
    seconds: float
    forward_seconds: float
    peak_memory: int
    process_peak: int


class TrainStep(Frozen):
    """One optimizer step of an epoch, both from 1. Loss in nats a token over completion tokens; memory in bytes.

    Epoch, active and cached memory are 0 where an earlier version of this program trained and did not tell.
    """

    type: Literal["step"] = "step"
    step: int
    total: int
    epoch: int = 0
    loss: float
    learning_rate: float
    grad_norm: float
    tokens: int
    completion_tokens: int
    seconds: float
    peak_memory: int
    active_memory: int = 0
    cache_memory: int = 0
    process_memory: int


class Validated(Frozen):
    """Loss over the whole validation set after ``step``."""

    type: Literal["validated"] = "validated"
    step: int
    loss: float
    seconds: float = 0.0


class Canary(Frozen):
    """The answer to row ``row`` of the validation file, counted from 0; ``fault`` says what is wrong with its form."""

    row: int
    text: str
    tokens: int
    fault: str = ""


class Canaries(Frozen):
    """What the model answers after ``step``; after step 0 it is the base."""

    type: Literal["canaries"] = "canaries"
    step: int
    answers: tuple[Canary, ...]
    seconds: float


class Checkpointed(Frozen):
    """The state after ``step`` is safe on disk."""

    type: Literal["checkpointed"] = "checkpointed"
    step: int


class Resumed(Frozen):
    """Training goes on after ``step``."""

    type: Literal["resumed"] = "resumed"
    step: int


class Paused(Frozen):
    """The hours of training are over; the state after ``step`` is safe on disk."""

    type: Literal["paused"] = "paused"
    step: int


class Covered(Frozen):
    """What all of training has trained on in ``steps``: ``rows``, each between ``least`` and ``most`` times."""

    type: Literal["covered"] = "covered"
    steps: int
    rows: int
    least: int
    most: int
    tokens: int
    completion_tokens: int


class Warned(Frozen):
    """Training goes on, or ends early, in another way than was planned."""

    type: Literal["warned"] = "warned"
    step: int
    text: str
