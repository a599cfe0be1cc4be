"""Costs: what was measured is explained, and of too little nothing is made."""

import pytest

from nyay_lib.jobs import Loaded, Measured, Setting
from nyay_lib.machine import Machine
from nyay_lib.planning.assumed import assumed
from nyay_lib.planning.calibration import Calibration
from nyay_lib.planning.costs import Costs, fitted
from nyay_lib.planning.workload import Part
from tests.nyay_lib.planning.made import COSTS

FACTS = Loaded(
    lanes=2,
    chunk=256,
    attention_ratio=COSTS.attention,
    active_memory=round(COSTS.resident_bytes),
    process_peak=round(COSTS.load_bytes),
    dense_bytes=1,
    dense_share=0.4,
    is_dense=True,
    trainable_parameters=1,
    kept_bytes=round(COSTS.kept_bytes),
)
SETTINGS = (
    Setting(rows=1, length=128, answer=32),
    Setting(rows=1, length=128, answer=96),
    Setting(rows=1, length=384, answer=96),
    Setting(rows=2, length=256, answer=64),
    Setting(rows=1, length=384, answer=1, gradient_checkpointing=True),
)
MACHINE = Machine(processor="any", cores=2, memory=24, device="CPU")


def measured(setting: Setting) -> Measured:
    """What a machine with exactly these costs would measure."""
    parts, checkpointing = (Part(1, setting.length, setting.answer),) * setting.rows, setting.gradient_checkpointing
    seconds = COSTS.seconds(parts, checkpointing=checkpointing)
    peak = round(COSTS.bytes(parts, checkpointing=checkpointing))
    mlx = peak - round(COSTS.program_bytes)
    return Measured(setting=setting, seconds=seconds, forward_seconds=0.4 * seconds, peak_memory=mlx, process_peak=peak)


def calibration(settings: tuple[Setting, ...] = SETTINGS) -> Calibration:
    return Calibration(inputs="i", machine=MACHINE, facts=FACTS, measured=tuple(measured(s) for s in settings))


def refitted() -> Costs:
    costs = fitted(calibration())
    assert costs is not None
    return costs


def test_what_was_measured_is_foretold() -> None:
    costs = refitted()
    for rows, length, answer in ((1, 1024, 700), (2, 512, 100), (2, 2047, 400)):
        parts = (Part(1, length, answer),) * rows
        assert costs.seconds(parts) == pytest.approx(COSTS.seconds(parts), rel=0.02)
        assert costs.bytes(parts) == pytest.approx(COSTS.bytes(parts), rel=0.02)
    parts = (Part(1, 2047, 400),)
    assert costs.bytes(parts, checkpointing=True) == pytest.approx(COSTS.bytes(parts, checkpointing=True), rel=0.02)
    assert costs.seconds(parts, checkpointing=True) / costs.seconds(parts) == pytest.approx(1.3, rel=0.02)


def test_the_optimizers_moments_are_counted() -> None:
    made = calibration()
    costs = fitted(made.model_copy(update={"facts": FACTS.model_copy(update={"trainable_parameters": 5_000_001})}))
    parts = (Part(1, 1024, 200),)
    assert costs is not None
    assert costs.bytes(parts) - refitted().bytes(parts) == pytest.approx(8 * 5_000_000)


def test_logits_exist_for_a_chunk_at_a_time() -> None:
    longer, shorter = (COSTS.bytes((Part(1, 1000, answers),)) for answers in (900, 256))
    assert longer == shorter


def test_rows_side_by_side_wait_for_the_longest() -> None:
    long, short = Part(1, 1000, 10), Part(1, 10, 1)
    assert COSTS.seconds((long, short)) == pytest.approx(1.4 * COSTS.seconds((long,)))


def test_a_calibration_that_ended_early_is_used_as_far_as_it_went() -> None:
    assert fitted(calibration(SETTINGS[:2])) is None
    costs = fitted(calibration(SETTINGS[:3]))
    assert costs is not None and costs.together == 1.0 and costs.checkpointing > 1
    assert fitted(Calibration(inputs="i", machine=MACHINE, failed="loading the base: memory ran out")) is None


def test_assumptions_tell_what_was_seen_on_an_m2() -> None:
    m2 = Machine(processor="Apple M2 Pro", cores=12, memory=32, device="Metal")
    costs = assumed(m2, 3_200_000_000, 3.4e9, 1e8)
    speed = 2047 / costs.seconds((Part(1, 2047, 500),))
    assert 200 < speed < 252
    assert 18e9 < costs.bytes((Part(1, 2047, 500),)) < 24e9
    assert costs.bytes((Part(1, 2047, 500),), checkpointing=True) < 9e9


# SmolLM2-135M on two cores of an EPYC: rows, length, answer, seconds of processor time, MB of MLX and of the process.
MEASURED = (
    (1, 192, 48, 2.03, 849, 1040),
    (1, 192, 144, 2.33, 1019, 1354),
    (1, 384, 96, 3.99, 1145, 1360),
    (2, 192, 48, 2.03, 1104, 1308),
)
LARGER = (((1, 1536, 384),), 23.99, 2902), (((1, 768, 192),), 8.51, 1947), (((2, 384, 192),) * 2, None, 2912)


# With gradient checkpointing: MB of MLX beside the 545 of the model, MB of the process beside those of MLX.
CHECKPOINTED = (1, 330, 1, 189, 163)
CHECKPOINTED_LARGER = ((986, 98, 561, 240), (986, 256, 563, 234), (2048, 100, 1164, 337))
MOSTLY_ANSWER = (330, 256, 290, 106)


@pytest.mark.parametrize("forgets", [True, False])
def test_gradient_checkpointing_is_foretold_for_longer_rows(forgets: bool) -> None:
    """The process's peak within 8 %, and within 15 % where the kernel forgets no peak; of answers alone too much."""
    facts = FACTS.model_copy(
        update={"attention_ratio": 2.85e-4, "active_memory": 545_000_000, "process_peak": 725_000_000}
        | {"kept_bytes": 576 * 30 * 4}
    )
    plain = ((1, 110, 28, 707, 850), (1, 110, 82, 782, 925), (1, 330, 82, 1021, 1179), (2, 220, 55, 1154, 1338))
    rows, length, answer, used, beside = CHECKPOINTED
    process = 545 + used + beside if forgets else 1338
    settings = (*plain, (rows, length, answer, 545 + used, process))
    measured = tuple(
        Measured(
            setting=Setting(rows=rows, length=length, answer=answer, gradient_checkpointing=answer == 1),
            seconds=1.0,
            forward_seconds=0.4,
            peak_memory=mlx * 1_000_000,
            process_peak=process * 1_000_000,
        )
        for rows, length, answer, mlx, process in settings
    )
    costs = fitted(Calibration(inputs="i", machine=MACHINE, facts=facts, measured=measured))
    assert costs is not None
    for length, answer, mlx, beside in CHECKPOINTED_LARGER:
        foretold = costs.bytes([Part(1, length, answer)], checkpointing=True)
        assert foretold == pytest.approx((545 + mlx + beside) * 1e6, rel=0.08 if forgets else 0.15)
    length, answer, mlx, beside = MOSTLY_ANSWER
    foretold = costs.bytes([Part(1, length, answer)], checkpointing=True)
    assert 1 < foretold / ((545 + mlx + beside) * 1e6) < 1.3


def test_a_real_calibration_foretells_rows_four_times_as_long() -> None:
    """The peak within 15 %, the time within 30 %; rows side by side took twice the processor's time."""
    facts = FACTS.model_copy(
        update={"attention_ratio": 2.85e-4, "active_memory": 545_000_000, "process_peak": 901_000_000}
    )
    settings = tuple(
        Measured(
            setting=Setting(rows=rows, length=length, answer=answer),
            seconds=seconds,
            forward_seconds=0.43 * seconds,
            peak_memory=mlx * 1_000_000,
            process_peak=process * 1_000_000,
        )
        for rows, length, answer, seconds, mlx, process in MEASURED
    )
    costs = fitted(Calibration(inputs="i", machine=MACHINE, facts=facts, measured=settings))
    assert costs is not None
    for shapes, seconds, process in LARGER:
        parts = [Part(*shape) for shape in shapes]
        assert costs.bytes(parts) == pytest.approx(process * 1e6, rel=0.15)
        assert seconds is None or costs.seconds(parts) == pytest.approx(seconds, rel=0.30)
