"""On giving up a length and a micro-batch are named, with their figures."""

from nyay_lib.config import PipelineConfig
from nyay_lib.planning.planner import draw_up
from nyay_lib.what_fits import what_would_fit
from tests.nyay_lib.planning.made import outlook

PARAMETERS = 3_212_749_824
FREE = 7 * 2**30
ESTIMATED = (
    "lower training.max_seq_length to 512, for which 6.6 GiB are predicted with one row in a micro-batch and 7.0 GiB "
    "are free, or take a smaller model.name"
)


def test_without_a_plan_the_longest_halved_length_is_named() -> None:
    assert what_would_fit(PipelineConfig(), PARAMETERS, FREE) == ESTIMATED


def test_a_plan_that_foresaw_it_has_the_word_where_it_was_measured() -> None:
    plan = draw_up(outlook([100 + 7 * i for i in range(100)], memory_free=0.8e9), "i", None)[0]
    measured, assumed = (plan.model_copy(update={"calibrated": known}) for known in (True, False))
    said = what_would_fit(PipelineConfig(), PARAMETERS, FREE, measured)
    assert said.startswith("at 1x16, gradient checkpointing rows of ") and "set training.max_seq_length to" in said
    assert what_would_fit(PipelineConfig(), PARAMETERS, FREE, assumed) == ESTIMATED
