"""How large a difference is, how sure that is, and how small a one this corpus could have shown."""

from collections.abc import Hashable
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sumbench.scores import FloatArray
from sumbench.stats.arrays import Pairs
from sumbench.stats.arrays import differences
from sumbench.stats.bootstrap import LEVEL
from sumbench.stats.bootstrap import RESAMPLES
from sumbench.stats.bootstrap import Interval
from sumbench.stats.bootstrap import Method
from sumbench.stats.bootstrap import resample
from sumbench.stats.units import mean
from sumbench.stats.units import numbered
from sumbench.stats.units import with_presence

ALPHA = 0.05
POWER = 0.8


class Effect(NamedTuple):
    """The difference of row `left` from row `right` on the `documents` that both have.

    `difference` is the mean difference on the metric's own scale, `standardized` the mean difference in standard
    deviations of the differences between documents (Cohen's d_z), both with bootstrap intervals. `detectable` is the
    smallest true difference that this corpus shows with the power asked for. Each is None where it is not defined.
    """

    left: int
    right: int
    difference: float | None
    interval: Interval | None
    standardized: float | None
    standardized_interval: Interval | None
    detectable: float | None
    documents: int
    units: int


def effects(  # noqa: PLR0913 - the settings of a bootstrap
    scores: FloatArray,
    pairs: Pairs,
    rng: np.random.Generator,
    *,
    clusters: Sequence[Hashable] | None = None,
    method: Method = "bca",
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    alpha: float = ALPHA,
    power: float = POWER,
) -> list[Effect]:
    """Return the effect of each pair, all from the same resamples.

    The standardised effect is Cohen's d_z: the mean of the paired differences over their standard deviation with
    n - 1 (Cohen 1988, section 2.3.5; named so by Lakens 2013). It is not defined when the differences do not vary.

    Args:
        scores: Shape (rows, documents), NaN where a system failed.
        pairs: The row numbers of the two sides of each comparison.
        rng: Where the resamples come from.
        clusters: One label a document; documents with the same label are drawn together.
        method: "bca" or "percentile".
        level: The confidence level of the intervals, above 0 and below 1.
        resamples: How many resamples to draw.
        alpha: The two-sided level at which `detectable` counts as shown; divide by the number of tests for a family.
        power: The chance with which it is to be shown.

    Returns:
        One effect a pair, in order.
    """
    apart = differences(scores, pairs)
    statistics = np.concatenate([with_presence(apart), apart[..., None] ** 2], axis=-1)
    sums = resample(statistics, rng, clusters=clusters, resamples=resamples)
    raw, standard = sums.estimates(mean, method, level), sums.estimates(_standardized, method, level)
    found = []
    for at, (left, right) in enumerate(pairs):
        error = _standard_error(sums.by_unit[at], sums.units[at])
        least = None if error is None else detectable(error, sums.units[at], alpha=alpha, power=power)
        found.append(
            Effect(
                left,
                right,
                raw[at].value,
                raw[at].interval,
                standard[at].value,
                standard[at].interval,
                least,
                raw[at].documents,
                raw[at].units,
            )
        )
    return found


def plain_effects(scores: FloatArray, pairs: Pairs, clusters: Sequence[Hashable] | None = None) -> list[Effect]:
    """Return the mean difference of each pair alone, without anything that has to be resampled.

    Args:
        scores: Shape (rows, documents), NaN where a system failed.
        pairs: The row numbers of the two sides of each comparison.
        clusters: One label a document; documents with the same label count as one unit.

    Returns:
        One effect a pair, in order.
    """
    numbers = numbered(clusters, scores.shape[1])
    found = []
    for (left, right), apart in zip(pairs, differences(scores, pairs), strict=True):
        there = ~np.isnan(apart)
        difference = float(apart[there].mean()) if there.any() else None
        units = len(np.unique(numbers[there]))
        found.append(Effect(left, right, difference, None, None, None, None, int(there.sum()), units))
    return found


def detectable(standard_error: float, units: int, *, alpha: float = ALPHA, power: float = POWER) -> float:
    """Return the smallest true difference that a two-sided test at `alpha` shows with the given `power`.

    (t(1 - alpha/2) + t(power)) times the standard error of the mean difference, with the quantiles of Student's t for
    units - 1 degrees of freedom (Bloom 1995, "Minimum detectable effects", Evaluation Review 19(5)). On the scale of
    the standard error, always positive.

    Raises:
        ValueError: If there are fewer than two units, or `alpha` or `power` lies outside 0 to 1.
    """
    if units < 2:  # noqa: PLR2004 - two make a sample
        raise ValueError(f"{units} units show no difference of any size: 2 or more are needed")
    if not (0 < alpha < 1 and 0 < power < 1):
        raise ValueError(f"alpha and power lie between 0 and 1, not at {alpha} and {power}")
    from scipy.special import stdtrit

    freedom = units - 1
    return float((stdtrit(freedom, 1 - alpha / 2) + stdtrit(freedom, power)) * standard_error)


def _standard_error(by_unit: FloatArray, units: int) -> float | None:
    """Return the standard error of a mean over documents drawn in units, None for fewer than two units.

    The linearised one of a ratio (Cochran 1977, chapter 6, without the finite-population factor); for single
    documents it is the usual s / sqrt(n).
    """
    if units < 2:  # noqa: PLR2004 - two make a sample
        return None
    total, documents, _ = by_unit.sum(axis=0)
    residuals = by_unit[:, 0] - total / documents * by_unit[:, 1]
    return float(np.sqrt(units / (units - 1) * np.sum(residuals**2)) / documents)


def _standardized(sums: FloatArray) -> FloatArray:
    total, count, squares = np.moveaxis(sums, -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = (squares - total**2 / count) / (count - 1)
        varies = (count > 1) & (variance > _NEGLIGIBLE * squares / count)
        return np.where(varies, total / count / np.sqrt(np.where(varies, variance, 1.0)), np.nan)


_NEGLIGIBLE = 1e-9
"""A variance below this share of the mean square is rounding."""
