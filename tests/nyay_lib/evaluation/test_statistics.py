"""Intervals against published values and against what they promise."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nyay_lib.evaluation.statistics import (
    cluster_bootstrap,
    fewest_without_failure,
    paired_bootstrap,
    student_quantile,
    wilson,
)

# R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998) 857-872,
# table I, method 3: the score interval without continuity correction.
NEWCOMBE = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]

shares = st.integers(1, 2000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
rows = st.lists(st.tuples(st.floats(-5, 5), st.sampled_from("ABCDEFG")), min_size=2, max_size=40).filter(
    lambda found: len({cluster for _, cluster in found}) > 1
)


@pytest.mark.parametrize(("count", "of", "low", "high"), NEWCOMBE)
def test_wilson_gives_the_published_intervals(count: int, of: int, low: float, high: float) -> None:
    found = wilson(count, of)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_at_50_samples_75_percent_is_about_12_points_wide_and_at_800_3() -> None:
    for count, of, points in ((37, 50, 12), (600, 800, 3)):
        found = wilson(count, of)
        assert found is not None
        assert round(50 * (found.high - found.low)) == points


@given(shares)
def test_wilson_holds_the_share_within_0_and_1(share: tuple[int, int]) -> None:
    found = wilson(*share)
    assert found is not None
    assert 0 <= found.low <= found.estimate == share[0] / share[1] <= found.high <= 1


@given(shares)
def test_failures_are_the_mirror_of_successes(share: tuple[int, int]) -> None:
    hits, misses = wilson(*share), wilson(share[1] - share[0], share[1])
    assert hits is not None and misses is not None
    assert hits.low == pytest.approx(1 - misses.high, abs=1e-12)


def test_nothing_counted_is_no_share_and_a_wrong_count_is_an_error() -> None:
    assert wilson(0, 0) is None
    with pytest.raises(ValueError, match="3 of 2 is no share"):
        wilson(3, 2)


@pytest.mark.parametrize("share", [0.02, 0.25, 0.75])
@pytest.mark.parametrize("of", [50, 200])
def test_wilson_covers_the_truth_about_95_times_in_100(share: float, of: int) -> None:
    counts = np.random.default_rng(7).binomial(of, share, 4000)
    intervals = {count: wilson(int(count), of) for count in set(counts.tolist())}
    covered = np.mean([found.low <= share <= found.high for count in counts.tolist() if (found := intervals[count])])
    assert 0.92 <= covered <= 0.985


def test_under_5_percent_takes_73_samples() -> None:
    assert fewest_without_failure(0.05) == 73


@pytest.mark.parametrize("bound", [0.01, 0.05, 0.1, 0.3])
def test_the_fewest_samples_are_the_first_whose_interval_is_under_the_bound(bound: float) -> None:
    fewest = fewest_without_failure(bound)
    enough, too_few = wilson(0, fewest), wilson(0, fewest - 1)
    assert enough is not None and too_few is not None
    assert enough.is_below(bound) and not too_few.is_below(bound)


def test_a_bound_that_is_no_rate_is_an_error() -> None:
    with pytest.raises(ValueError, match="not by 5"):
        fewest_without_failure(5)


def test_50_clean_samples_do_not_claim_under_5_percent() -> None:
    found = wilson(0, 50)
    assert found is not None and not found.is_below(0.05) and found.is_below(0.1) and not found.is_above(0.0)


@settings(deadline=None, max_examples=30)
@given(rows, st.integers(0, 2**32), st.randoms(use_true_random=False))
def test_the_bootstrap_holds_its_mean_and_knows_no_order(
    rows: list[tuple[float, str]], seed: int, shuffle: random.Random
) -> None:
    values, clusters = zip(*rows, strict=True)
    found = cluster_bootstrap(values, clusters, seed, resamples=200)
    assert found is not None
    assert found.low <= found.estimate <= found.high
    assert found.estimate == pytest.approx(np.mean(values), abs=1e-12)
    shuffle.shuffle(rows)
    values, clusters = zip(*rows, strict=True)
    assert cluster_bootstrap(values, clusters, seed, resamples=200) == found


def test_another_seed_moves_the_ends_and_not_the_mean() -> None:
    values, clusters = [0.0, 1.0, 0.5, 0.25, 0.75], list("ABCDE")
    first, second = (cluster_bootstrap(values, clusters, seed, resamples=300) for seed in (1, 2))
    assert first is not None and second is not None
    assert first.estimate == second.estimate and first != second


def test_the_width_is_the_standard_error_of_the_cluster_means() -> None:
    values = np.random.default_rng(3).normal(size=400)
    found = cluster_bootstrap(values.tolist(), [f"{row}" for row in range(400)], seed=0)
    assert found is not None
    assert found.high - found.low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.05)


def test_a_row_told_twice_is_no_second_witness() -> None:
    values, clusters = [0.0, 1.0, 0.25, 0.75, 0.5, 0.125], list("ABCDEF")
    assert cluster_bootstrap(values * 10, clusters * 10, seed=0) == cluster_bootstrap(values, clusters, seed=0)


def test_one_judgment_says_nothing_about_the_next() -> None:
    assert cluster_bootstrap([0.5, 0.7], ["A", "A"], seed=0) is None
    assert paired_bootstrap([0.5, 0.7], [0.1, 0.2], ["A", "A"], seed=0) is None
    assert cluster_bootstrap([], [], seed=0) is None


def test_what_was_not_measured_is_no_value() -> None:
    with pytest.raises(ValueError, match="leave out what was not measured"):
        cluster_bootstrap([0.5, float("nan")], ["A", "B"], seed=0)


def test_the_cluster_bootstrap_covers_the_truth_about_95_times_in_100() -> None:
    generator, covered = np.random.default_rng(11), 0
    clusters = [f"{case}" for case in range(40) for _ in range(3)]
    for round_ in range(300):
        values = np.repeat(generator.normal(size=40), 3) + 0.3 * generator.normal(size=120)
        found = cluster_bootstrap(values.tolist(), clusters, seed=round_, resamples=400)
        assert found is not None
        covered += found.low <= 0 <= found.high
    assert 0.90 <= covered / 300 <= 0.98


def test_rows_of_one_judgment_are_worth_less_than_as_many_judgments() -> None:
    values = [float(case % 2) for case in range(20) for _ in range(10)]
    by_case = cluster_bootstrap(values, [f"{row // 10}" for row in range(200)], seed=0)
    by_row = cluster_bootstrap(values, [f"{row}" for row in range(200)], seed=0)
    assert by_case is not None and by_row is not None
    assert by_case.high - by_case.low > 2 * (by_row.high - by_row.low)


def test_pairing_sees_a_small_gain_that_two_intervals_hide() -> None:
    champion = np.random.default_rng(5).uniform(size=100)
    challenger = champion + 0.02 + np.random.default_rng(6).normal(scale=0.01, size=100)
    clusters = [f"{row // 2}" for row in range(100)]
    found = paired_bootstrap(challenger.tolist(), champion.tolist(), clusters, seed=0)
    alone = cluster_bootstrap(challenger.tolist(), clusters, seed=0)
    assert found is not None and alone is not None
    assert 0 < found.low <= found.lower <= found.estimate <= found.high
    assert alone.low < champion.mean()


def test_a_model_against_itself_differs_by_nothing() -> None:
    values = [0.1, 0.9, 0.4]
    found = paired_bootstrap(values, values, list("ABC"), seed=0)
    assert found is not None
    assert (found.estimate, found.low, found.high, found.lower) == (0, 0, 0, 0)


@settings(deadline=None, max_examples=20)
@given(rows)
def test_the_difference_turned_round_is_its_negative(rows: list[tuple[float, str]]) -> None:
    values, clusters = zip(*rows, strict=True)
    zeros = [0.0] * len(values)
    forth, back = (paired_bootstrap(*pair, clusters, 0, resamples=300) for pair in ((values, zeros), (zeros, values)))
    assert forth is not None and back is not None
    assert forth.low == pytest.approx(-back.high, abs=1e-9)


def test_models_on_different_rows_cannot_be_paired() -> None:
    with pytest.raises(ValueError):
        paired_bootstrap([0.1], [0.1, 0.2], ["A", "B"], seed=0)


def test_a_weighted_mean_counts_each_token_the_same() -> None:
    found = cluster_bootstrap([1.0, 3.0], ["A", "B"], seed=0, weights=[3, 1])
    spread = cluster_bootstrap([1.0, 1.0, 1.0, 3.0], ["A", "A", "A", "B"], seed=0)
    assert found == spread and found is not None and found.estimate == 1.5
    with pytest.raises(ValueError, match="leave out what does not count"):
        cluster_bootstrap([1.0, 3.0], ["A", "B"], seed=0, weights=[1, 0])


@pytest.mark.parametrize("judgments", [2, 3, 4, 10, 40])
def test_of_no_gain_a_handful_of_judgments_claims_one_no_more_often_than_asked_for(judgments: int) -> None:
    generator, names = np.random.default_rng(0), [str(number) for number in range(judgments)]

    def claimed() -> bool:
        found = paired_bootstrap(generator.normal(size=judgments).tolist(), [0.0] * judgments, names, 0, resamples=1000)
        return found is not None and found.lower > 0

    assert 0.02 < sum(claimed() for _ in range(300)) / 300 < 0.1


@pytest.mark.parametrize(
    ("share", "freedom", "quantile"),
    [(0.975, 1, 12.706), (0.95, 2, 2.920), (0.975, 3, 3.182), (0.95, 5, 2.015), (0.9875, 9, 2.685), (0.975, 60, 2.000)],
)
def test_students_quantiles_are_those_of_the_tables(share: float, freedom: int, quantile: float) -> None:
    assert student_quantile(share, freedom) == pytest.approx(quantile, rel=2e-3)


def test_an_interval_keeps_within_what_can_be() -> None:
    found = cluster_bootstrap([0.0, 1.0], ["A", "B"], seed=0, within=(0.0, 1.0))
    gained = paired_bootstrap([0.0, 1.0], [0.0, 0.0], ["A", "B"], seed=0, within=(-1.0, 1.0))
    assert found and (found.low, found.estimate, found.high) == (0.0, 0.5, 1.0)
    assert gained and (gained.low, gained.lower, gained.high) == (-1.0, -1.0, 1.0)
