"""A machine that swaps is told from one that is busy: slow, and its swap grows."""

from collections.abc import Callable
from types import SimpleNamespace

import psutil
import pytest

from nyay_lib.jobs import Checkpointed
from nyay_lib.swap import SwapWatch
from tests.nyay_lib.made import step_of

MIB = 2**20
Use = Callable[[int], None]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Sets how many MiB of swap the machine uses from now on."""

    def uses(mib: int) -> None:
        monkeypatch.setattr(psutil, "swap_memory", lambda: SimpleNamespace(used=mib * MIB))

    uses(1000)
    return uses


def seen(watch: SwapWatch, numbers: range, seconds: float) -> str | None:
    """What is said at the checkpoint after these steps."""
    for number in numbers:
        assert watch.see(step_of(number, total=100, tokens=300, seconds=seconds)) is None
    return watch.see(Checkpointed(step=numbers[-1]))


def test_a_third_of_the_first_steps_speed_with_growing_swap_is_a_reason(use: Use) -> None:
    watch = SwapWatch(512 * MIB)
    assert seen(watch, range(1, 8), 1.0) is None
    use(3048)
    reason = seen(watch, range(8, 12), 4.0)
    assert reason == (
        "the machine swaps: 75 tokens/s where 300 were expected, and its swap grew by 2.0 GiB to 3.0 GiB up to the "
        "checkpoint of step 11"
    )


def test_the_calibrated_speed_goes_before_the_first_steps(use: Use) -> None:
    slow_from_the_first = SwapWatch(512 * MIB, expected=300.0)
    use(2000)
    assert seen(slow_from_the_first, range(1, 3), 4.0) is not None


@pytest.mark.parametrize(("mib", "seconds"), [(3000, 2.0), (1100, 9.0), (500, 9.0)])
def test_swap_alone_and_slowness_alone_are_no_reason(use: Use, mib: int, seconds: float) -> None:
    watch = SwapWatch(512 * MIB)
    seen(watch, range(1, 8), 1.0)
    use(mib)
    assert seen(watch, range(8, 12), seconds) is None


def test_swap_that_another_program_left_behind_is_not_counted(use: Use) -> None:
    use(9000)
    watch = SwapWatch(512 * MIB, expected=300.0)
    use(9100)
    assert seen(watch, range(1, 8), 4.0) is None


def test_a_slow_spell_that_is_over_is_forgiven(use: Use) -> None:
    watch = SwapWatch(512 * MIB, expected=300.0)
    use(3000)
    for number in range(1, 5):
        watch.see(step_of(number, total=100, tokens=300, seconds=9.0))
    assert seen(watch, range(5, 9), 1.0) is None


def test_it_is_switched_off_by_a_limit_of_none(use: Use) -> None:
    watch = SwapWatch(0, expected=300.0)
    use(9000)
    assert seen(watch, range(1, 8), 9.0) is None


def test_the_last_checkpoint_is_no_place_to_stop(use: Use) -> None:
    watch = SwapWatch(512 * MIB, expected=300.0)
    use(9000)
    assert seen(watch, range(96, 101), 9.0) is None
