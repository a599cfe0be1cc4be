"""How sure a figure is: intervals for shares and for means, and how many samples a claim needs.

Rows of one judgment are no independent witnesses, so means are resampled by judgment (CNR), never by row. All that is
random comes from a seed, and the order of rows changes nothing.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

CONFIDENCE = 0.95
Z2 = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) ** 2  # of the standard normal quantile
RESAMPLES = 10_000
_CHUNK = 500  # resamples at a time: 500 by 10,000 judgments are 40 MB

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and its two-sided interval, in the unit of what was measured; ``low <= estimate <= high``."""

    estimate: float
    low: float
    high: float

    def is_below(self, bound: float) -> bool:
        """Whether it may be claimed that the true value is under ``bound``: the whole interval is."""
        return self.high < bound

    def is_above(self, bound: float) -> bool:
        """Whether it may be claimed that the true value is over ``bound``."""
        return self.low > bound


@dataclass(frozen=True, slots=True)
class Difference:
    """Mean of challenger minus champion on the same rows, its two-sided interval, and the one-sided lower bound.

    ``lower`` is what the gate asks for: with the chosen confidence the true difference is above it.
    """

    estimate: float
    low: float
    high: float
    lower: float


def wilson(count: int, of: int) -> Interval | None:
    """The 95 % score interval of the share ``count / of``; None if nothing was counted, which is not the same as 0.

    Keeps its level near 0 and 1, where the textbook interval has no width. Source: E. B. Wilson, Probable inference,
    the law of succession, and statistical inference, JASA 22 (1927) 209-212. Raises ValueError for a count outside
    0..of.
    """
    if not 0 <= count <= of:
        raise ValueError(f"{count!r} of {of!r} is no share")
    if of == 0:
        return None
    share = count / of
    centre = (share + Z2 / (2 * of)) / (1 + Z2 / of)
    half = math.sqrt(Z2 * (share * (1 - share) + Z2 / (4 * of)) / of) / (1 + Z2 / of)
    # At the ends the formula gives exactly 0 and 1, which rounding may miss.
    low = 0.0 if count == 0 else min(share, max(0.0, centre - half))
    high = 1.0 if count == of else max(share, min(1.0, centre + half))
    return Interval(share, low, high)


def fewest_without_failure(bound: float) -> int:
    """The fewest samples without a single failure that put the 95 % interval of the failure rate under ``bound``.

    By Wilson's interval, which is printed and whose upper end at 0 of n is z^2/(n + z^2): under 5 % takes 73, where
    the exact interval of Clopper and Pearson (Biometrika 26 (1934) 404-413) takes 72. Raises ValueError for a bound
    outside 0..1.
    """
    if not 0 < bound < 1:
        raise ValueError(f"a failure rate is bounded between 0 and 1, not by {bound!r}")
    return math.floor(Z2 * (1 / bound - 1)) + 1


def cluster_bootstrap(
    values: Sequence[float],
    clusters: Sequence[str],
    seed: int,
    resamples: int = RESAMPLES,
    weights: Sequence[float] | None = None,
    within: tuple[float, float] = (-math.inf, math.inf),
    widened: bool = True,
) -> Interval | None:
    """The mean of ``values`` with its 95 % percentile interval, whole clusters (CNRs) drawn with replacement.

    ``weights`` say how much each value counts, as tokens do in a loss a token; ``within`` are the ends of what can be.
    The percentiles of few clusters lie too close together and are moved apart as Student's distribution lies about the
    normal one, unless ``widened`` is false. None with fewer than two clusters: one judgment says nothing about the
    next. Sources: B. Efron and R. J. Tibshirani, An introduction to the bootstrap (1993), chapter 13; A. C. Cameron,
    J. B. Gelbach and D. L. Miller, Bootstrap-based improvements for inference with clustered errors, REStat 90 (2008)
    414-427; for few clusters T. C. Hesterberg, What teachers should know about the bootstrap, The American Statistician
    69 (2015) 371-386. Raises ValueError for lists of two lengths and for a value that is not finite.
    """
    drawn = _resampled_means(values, clusters, seed, resamples, weights)
    if drawn is None:
        return None
    low, high = (_end(drawn, (1 + side * CONFIDENCE) / 2, widened) for side in (-1, 1))
    return Interval(drawn.estimate, max(within[0], low), min(within[1], high))


def paired_bootstrap(
    challenger: Sequence[float],
    champion: Sequence[float],
    clusters: Sequence[str],
    seed: int,
    confidence: float = CONFIDENCE,
    resamples: int = RESAMPLES,
    weights: Sequence[float] | None = None,
    within: tuple[float, float] = (-math.inf, math.inf),
    widened: bool = True,
) -> Difference | None:
    """Challenger minus champion on the same rows, in the same order, by the same resampling of clusters.

    Pairing takes out what makes a row hard for both. None with fewer than two clusters. Few clusters, sources and
    errors as for cluster_bootstrap.
    """
    differences = [first - second for first, second in zip(challenger, champion, strict=True)]
    drawn = _resampled_means(differences, clusters, seed, resamples, weights)
    if drawn is None:
        return None
    shares = ((1 - confidence) / 2, 1 - confidence, (1 + confidence) / 2)
    low, lower, high = (_end(drawn, share, widened) for share in shares)
    return Difference(drawn.estimate, max(within[0], low), min(within[1], high), max(within[0], lower))


class _Drawn(NamedTuple):
    """A mean, those of its resamples, and of how many clusters."""

    estimate: float
    means: Floats
    clusters: int


def _resampled_means(
    values: Sequence[float], clusters: Sequence[str], seed: int, resamples: int, weights: Sequence[float] | None
) -> _Drawn | None:
    """The mean, and the means of the resamples: sum over weight of the drawn clusters, as often as they were drawn."""
    sums, sizes = _by_cluster(values, [1.0] * len(values) if weights is None else weights, clusters)
    if len(sums) < 2:
        return None
    both, draws = np.stack([sums, sizes], axis=1), _draws(len(sums), seed, resamples)
    means = np.empty(resamples)
    for start in range(0, resamples, _CHUNK):
        totals = draws[start : start + _CHUNK].astype(np.float64) @ both
        means[start : start + _CHUNK] = totals[:, 0] / totals[:, 1]
    return _Drawn(math.fsum(sums) / math.fsum(sizes), means, len(sums))


@lru_cache(maxsize=8)
def _draws(clusters: int, seed: int, resamples: int) -> npt.NDArray[np.uint16]:
    """How often each cluster is drawn in each resample: the same for every figure of so many clusters."""
    generator, chances = np.random.default_rng(seed), np.full(clusters, 1 / clusters)
    sizes = [min(_CHUNK, resamples - start) for start in range(0, resamples, _CHUNK)]
    return np.concatenate([generator.multinomial(clusters, chances, size).astype(np.uint16) for size in sizes])


def _by_cluster(values: Sequence[float], weights: Sequence[float], clusters: Sequence[str]) -> tuple[Floats, Floats]:
    """Sum and weight of each cluster, by name; added up exactly, so that the order of rows cannot be seen."""
    groups: dict[str, list[tuple[float, float]]] = {}
    for value, weight, cluster in zip(values, weights, clusters, strict=True):
        if not math.isfinite(value):
            raise ValueError(f"a value of {cluster!r} is {value!r}; leave out what was not measured")
        if not weight > 0:
            raise ValueError(f"a value of {cluster!r} has the weight {weight!r}; leave out what does not count")
        groups.setdefault(cluster, []).append((value * weight, weight))
    names = sorted(groups)
    sums, sizes = ([math.fsum(pair[part] for pair in groups[name]) for name in names] for part in (0, 1))
    return np.array(sums), np.array(sizes)


def _end(drawn: _Drawn, share: float, widened: bool) -> float:
    """Where the true mean lies below with the probability ``share``, on the estimate's own side of it."""
    away = float(np.quantile(drawn.means, share)) - drawn.estimate
    away = min(away, 0.0) if share < 0.5 else max(away, 0.0)
    return drawn.estimate + away * (_widening(drawn.clusters, max(share, 1 - share)) if widened else 1.0)


def _widening(clusters: int, share: float) -> float:
    """How much farther out a quantile lies than the bootstrap of so many clusters says.

    It draws from the clusters it has, whose variance is too small by (n - 1) / n, and takes that for known.
    """
    wider = student_quantile(share, clusters - 1) / NormalDist().inv_cdf(share)
    return wider * math.sqrt(clusters / (clusters - 1))


def student_quantile(share: float, freedom: int) -> float:
    """The quantile of Student's t for a ``share`` over 0.5: exact for 1 and 2 degrees of freedom, else within 3 %.

    Source: M. Abramowitz and I. A. Stegun, Handbook of mathematical functions (1964), 26.7.5.
    """
    if freedom == 1:
        return math.tan(math.pi * (share - 0.5))
    if freedom == 2:
        return (2 * share - 1) * math.sqrt(1 / (2 * share * (1 - share)))
    z = NormalDist().inv_cdf(share)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / freedom**power for power, term in enumerate(terms, 1))
