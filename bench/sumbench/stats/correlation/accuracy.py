"""Pairwise accuracy with tied pairs, calibrated, and soft pairwise accuracy of systems."""

from typing import Final

import numpy as np

from sumbench.scores import FloatArray
from sumbench.stats.correlation.coefficients import pairs_of
from sumbench.stats.sign_flips import PERMUTATIONS

_AT_ONCE: Final = 1_000


def right_pairs(x: FloatArray, y: FloatArray, threshold: float) -> FloatArray:
    """Return 1 for each pair of points that x puts in the order of y, 0 for any other; of shape (..., pairs).

    Points of x no farther apart than `threshold` are tied, which is right where those of y are (acc_eq: Deutsch, Foster
    & Freitag 2023, "Ties Matter: Meta-Evaluating Modern Metrics with Pairwise Accuracy and Tie Calibration", eq. 5).
    """
    left, right = pairs_of(x.shape[-1])
    apart = x[..., left] - x[..., right]
    ordered = np.where(np.abs(apart) <= threshold, 0.0, np.sign(apart))
    found: FloatArray = (ordered == np.sign(y[..., left] - y[..., right])).astype(np.float64)
    return found


def calibrated(x: FloatArray, y: FloatArray, weights: FloatArray) -> float:
    """Return the threshold at which `right_pairs`, weighted, has most pairs right (Deutsch et al. 2023, section 5).

    Args:
        x: Scores of shape (..., points).
        y: Ratings of the same shape.
        weights: What each pair counts, of shape (..., pairs); 0 for one that is not there.

    Returns:
        0, or a difference between two scores; the smallest of several that do as well.
    """
    left, right = pairs_of(x.shape[-1])
    apart, rated = x[..., left] - x[..., right], np.sign(y[..., left] - y[..., right])
    there = weights > 0
    apart, rated, weights = apart[there], rated[there], weights[there]
    # A pair that becomes tied is gained where the ratings tie, and lost where it was right.
    gain = weights * np.where(rated == 0, 1.0, -1.0 * (np.sign(apart) == rated))
    gain[apart == 0] = 0.0
    distances, which = np.unique(np.abs(apart), return_inverse=True)
    if not len(distances):
        return 0.0
    total = np.cumsum(np.bincount(which.ravel(), gain, len(distances)))
    best = int(np.argmax(total > total.max() - 1e-9)) if total.max() > 1e-12 else -1  # noqa: PLR2004 - rounding
    return float(distances[best]) if best >= 0 else 0.0


def better_p(values: FloatArray, flips: FloatArray) -> FloatArray:
    """Return for each pair of systems the one-sided p-value that the first is better, of shape (pairs,).

    By random flips of the signs of their differences in each document; a pattern that does as well counts a half, so
    that the order of the two does not matter.

    Args:
        values: Of shape (documents, systems), NaN where there is none.
        flips: Signs (1 or -1) of shape (draws, documents).
    """
    left, right = pairs_of(values.shape[-1])
    apart = np.nan_to_num(values[:, left] - values[:, right])
    observed = apart.sum(axis=0)
    close = 1e-9 * (1e-12 + np.abs(apart).sum(axis=0))
    above = np.zeros(len(left))
    for start in range(0, len(flips), _AT_ONCE):
        sums = flips[start : start + _AT_ONCE] @ apart
        above += (sums > observed + close).sum(axis=0) + 0.5 * (np.abs(sums - observed) <= close).sum(axis=0)
    found: FloatArray = above / len(flips)
    return found


def better_p_in_resamples(values: FloatArray, counts: FloatArray) -> FloatArray:
    """Return the p-values of `better_p` in resamples of documents, in the limit of many documents: (resamples, pairs).

    The flips' sum is then normal with variance Σ d². `counts` says how often each document was drawn, of shape
    (resamples, documents).
    """
    from scipy.special import ndtr

    left, right = pairs_of(values.shape[-1])
    apart = np.nan_to_num(values[:, left] - values[:, right])
    with np.errstate(invalid="ignore", divide="ignore"):
        standing = (counts @ apart) / np.sqrt(counts @ apart**2)
    found: FloatArray = ndtr(-np.nan_to_num(standing))
    return found


def soft_accuracy(x_p: FloatArray, y_p: FloatArray, weights: FloatArray) -> FloatArray:
    """Return soft pairwise accuracy: 1 less the mean distance of the p-values of metric and people over pairs.

    Thompson, Mathur, Deutsch & Khayrallah 2024, "Improving Statistical Significance in Human Evaluation of Automatic
    Metrics via Soft Pairwise Accuracy", eq. 3 (the measure of WMT24). `weights` are those of the pairs.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        found: FloatArray = 1 - (weights * np.abs(x_p - y_p)).sum(axis=-1) / weights.sum(axis=-1)
    return found


def random_signs(rng: np.random.Generator, units: int, draws: int = PERMUTATIONS) -> FloatArray:
    """Return random signs of shape (draws, units)."""
    found: FloatArray = 2.0 * rng.integers(0, 2, (draws, units), dtype=np.int8).astype(np.float64) - 1.0
    return found
