"""What would fit, said when nothing that was tried did."""

from collections.abc import Iterator

from nyay_lib.config import PipelineConfig
from nyay_lib.machine import GIB
from nyay_lib.planning.plan import Plan
from nyay_lib.preflight import predicted_memory

# Of rows that are shorter still, a judgment says nothing.
SHORTEST = 64


def what_would_fit(config: PipelineConfig, parameters: int, free: float, plan: Plan | None = None) -> str:
    """What to change when even one row at a time, its activations computed twice, was too much.

    ``parameters`` of the base, ``free`` bytes. A ``plan`` that was calibrated and foresaw it has the word; else the
    longest of the halved lengths that is predicted to fit is named.
    """
    if plan is not None and plan.calibrated and plan.would_fit:
        return plan.would_fit
    for length in _halved(config.training.max_seq_length):
        shorter = config.training.model_copy(update={"max_seq_length": length})
        needed = predicted_memory(config.model_copy(update={"training": shorter}), parameters, smallest=True)
        if needed <= free:
            return (
                f"lower training.max_seq_length to {length}, for which {needed / GIB:.1f} GiB are predicted with one "
                f"row in a micro-batch and {free / GIB:.1f} GiB are free, or take a smaller model.name"
            )
    free_memory = f"the {free / GIB:.1f} GiB that are free"
    return f"no length fits into {free_memory}: close other programs, or take a smaller model.name"


def _halved(length: int) -> Iterator[int]:
    while (length := length // 2) >= SHORTEST:
        yield length
