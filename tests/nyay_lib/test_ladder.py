"""The ladder keeps the effective batch on each rung."""

from hypothesis import given
from hypothesis import strategies as st

from nyay_lib.config import MemoryConfig, PipelineConfig, TrainingConfig
from nyay_lib.ladder import ladder


def config(batch_size: int, accumulation: int) -> PipelineConfig:
    return PipelineConfig(training=TrainingConfig(batch_size=batch_size, gradient_accumulation=accumulation))


def test_the_releases_ladder() -> None:
    assert [str(rung) for rung in ladder(config(4, 4))] == ["4x4", "2x8", "1x16", "1x16, gradient checkpointing"]


def test_a_batch_that_does_not_halve_evenly_still_covers_its_rows() -> None:
    assert [str(rung) for rung in ladder(config(5, 1))] == ["5x1", "2x3", "1x5", "1x5, gradient checkpointing"]


@given(batch=st.integers(1, 64), accumulation=st.integers(1, 32))
def test_every_rung_holds_the_effective_batch(batch: int, accumulation: int) -> None:
    rungs = ladder(config(batch, accumulation))
    for rung in rungs:
        assert rung.micro_batch * rung.accumulation >= batch * accumulation > rung.micro_batch * (rung.accumulation - 1)
    assert rungs[-1].micro_batch == 1 and rungs[-1].gradient_checkpointing


def test_gradient_checkpointing_may_be_chosen_from_the_first() -> None:
    always = config(2, 4).model_copy(update={"memory": MemoryConfig(gradient_checkpointing="always")})
    assert [str(r) for r in ladder(always)] == ["2x4, gradient checkpointing", "1x8, gradient checkpointing"]


@given(batch=st.integers(1, 64))
def test_each_rung_takes_less_memory_than_the_one_before(batch: int) -> None:
    weights = [rung.weight for rung in ladder(config(batch, 1))]
    assert weights == sorted(set(weights), reverse=True)
