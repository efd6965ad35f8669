"""Agreement among raters: Krippendorff's alpha for nominal, ordinal and interval ratings, with ratings missing."""

from typing import Final
from typing import Literal
from typing import TypeAlias

import numpy as np

from sumbench.scores import FloatArray

RatingScale: TypeAlias = Literal["nominal", "ordinal", "interval"]

SCALES: Final[tuple[RatingScale, ...]] = ("nominal", "ordinal", "interval")

MOST_VALUES: Final = 64
"""Of more distinct ratings there is no interval, which takes a table of all pairs of them for each resample."""


def coincidences(ratings: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the distinct ratings, and how often each two of them were given to one unit, unit by unit.

    Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", part C: a unit with m ratings has m (m - 1) pairs,
    each of which counts 1 / (m - 1).

    Args:
        ratings: Of shape (units, raters), NaN where a rater has not rated a unit.

    Returns:
        Arrays of shape (values,) and (units, values, values); units with fewer than two ratings have no pairs.
    """
    values = np.unique(ratings[~np.isnan(ratings)])
    counts = (ratings[:, :, None] == values).sum(axis=1).astype(np.float64)
    raters = counts.sum(axis=1)
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(len(values))
    shared = np.where(raters > 1, raters - 1, 1.0)[:, None, None]
    return values, np.where((raters > 1)[:, None, None], pairs / shared, 0.0)


def alpha_of(values: FloatArray, pairs: FloatArray, scale: RatingScale) -> FloatArray:
    """Return alpha: 1 less observed over expected disagreement; NaN where all ratings are the same.

    Args:
        values: The distinct ratings, in order.
        pairs: How often each two came together, of shape (..., values, values).
        scale: How far apart two ratings are: nominal ones all alike, interval ones by their squared difference, ordinal
            ones by the squared number of ratings between them (Krippendorff 2011, parts C and D).
    """
    each = pairs.sum(axis=-1)
    total = each.sum(axis=-1)
    apart = _distances(values, each, scale)
    observed = (pairs * apart).sum(axis=(-2, -1))
    expected = (each[..., :, None] * each[..., None, :] * apart).sum(axis=(-2, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        found: FloatArray = np.where(expected > 0, 1 - (total - 1) * observed / expected, np.nan)
    return found


def krippendorff(ratings: FloatArray, scale: RatingScale) -> float:
    """Return Krippendorff's alpha of ratings of shape (units, raters), NaN where one is missing."""
    values, pairs = coincidences(ratings)
    return float(alpha_of(values, pairs.sum(axis=0), scale))


def _distances(values: FloatArray, each: FloatArray, scale: RatingScale) -> FloatArray:
    if scale == "nominal":
        return 1.0 - np.eye(len(values))
    if scale == "interval":
        squared: FloatArray = (values[:, None] - values) ** 2
        return squared
    # The ratings up to the middle of one value, less those up to the middle of the other.
    middle = np.cumsum(each, axis=-1) - each / 2
    between: FloatArray = (middle[..., :, None] - middle[..., None, :]) ** 2
    return between
