"""Rows, costs and outlooks out of thin air."""

from nyay_lib.config import PipelineConfig
from nyay_lib.machine import Machine
from nyay_lib.planning.costs import Costs
from nyay_lib.planning.outlook import Outlook
from nyay_lib.planning.workload import PlannedRow

COSTS = Costs(
    lanes=2,
    chunk=256,
    batch_seconds=0.01,
    token_seconds=0.001,
    attention=1e-4,
    answer_seconds=0.0005,
    together=1.4,
    checkpointing=1.3,
    forward=0.4,
    load_seconds=3.0,
    update_seconds=0.02,
    decode_seconds=0.05,
    resident_bytes=5e8,
    load_bytes=7e8,
    program_bytes=2e8,
    token_bytes=1e6,
    square_bytes=10.0,
    answer_bytes=1e6,
    together_bytes=0.9,
    checkpointed_program_bytes=2e8,
    checkpointed_bytes=2e5,
    kept_bytes=5e4,
)
TASKS = ("summarization", "research_qa")


def rows(lengths: list[int]) -> tuple[PlannedRow, ...]:
    """A quarter of each row is its answer; tasks take turns."""
    return tuple(
        PlannedRow(place, length, max(1, length // 4), 0, TASKS[place % 2]) for place, length in enumerate(lengths)
    )


def outlook(lengths: list[int], memory_free: float = 32e9, **sections: object) -> Outlook:
    """What a calibrated machine with two lanes would be told of these rows."""
    return Outlook(
        config=PipelineConfig.model_validate(sections),
        rows=rows(lengths),
        validation=rows([200] * 20),
        costs=COSTS,
        machine=Machine(processor="any", cores=2, memory=32, device="CPU"),
        device="CPU (any, 2 cores)",
        parameters=135_000_000,
        memory_free=round(memory_free),
        calibrated=True,
        assumptions=(),
    )
