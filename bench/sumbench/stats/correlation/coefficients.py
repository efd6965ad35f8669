"""Correlation coefficients along the last axis, weighted and with ties: Pearson, Spearman, Kendall's tau-b.

A weight counts how often a point was drawn; points of weight 0 are not there. Leading axes broadcast. A coefficient is
NaN where one side is constant, which leaves nothing to correlate.
"""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Final
from typing import Literal
from typing import TypeAlias

import numpy as np

from sumbench.scores import FloatArray
from sumbench.stats.arrays import IntArray

Coefficient: TypeAlias = Literal["pearson", "spearman", "kendall", "accuracy", "soft"]

TITLES: Final[Mapping[Coefficient, str]] = {
    "pearson": "Pearson's r",
    "spearman": "Spearman's ρ",
    "kendall": "Kendall's τ-b",
    "accuracy": "pairwise accuracy",
    "soft": "soft pairwise accuracy",
}

_NEGLIGIBLE: Final = 1e-12
"""A variance below this share of the mean square is rounding."""


def pearson(x: FloatArray, y: FloatArray, weights: FloatArray) -> FloatArray:
    """Return Pearson's r of weighted points."""
    total = weights.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        x_off, y_off = (side - ((weights * side).sum(axis=-1) / total)[..., None] for side in (x, y))
        x_square, y_square = ((weights * side**2).sum(axis=-1) for side in (x_off, y_off))
        found = (weights * x_off * y_off).sum(axis=-1) / np.sqrt(x_square * y_square)
    varies = (x_square > _NEGLIGIBLE * (weights * x**2).sum(axis=-1)) & (
        y_square > _NEGLIGIBLE * (weights * y**2).sum(axis=-1)
    )
    return _kept(found, varies)


def ranks(values: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the rank of each point among the weighted ones, from 1; equal points share the mean of their ranks."""
    values, weights = np.broadcast_arrays(values, weights)
    order = np.argsort(values, axis=-1, kind="stable")
    ordered = np.take_along_axis(values, order, axis=-1)
    upto = np.cumsum(np.take_along_axis(weights, order, axis=-1), axis=-1)
    index = np.broadcast_to(np.arange(values.shape[-1]), values.shape)
    begins = np.ones(values.shape, bool)
    begins[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    first = np.maximum.accumulate(np.where(begins, index, 0), axis=-1)
    ends = np.ones(values.shape, bool)
    ends[..., :-1] = begins[..., 1:]
    last = np.minimum.accumulate(np.where(ends, index, values.shape[-1] - 1)[..., ::-1], axis=-1)[..., ::-1]
    before = np.where(first > 0, np.take_along_axis(upto, np.maximum(first - 1, 0), axis=-1), 0.0)
    shared = (before + np.take_along_axis(upto, last, axis=-1) + 1) / 2
    found = np.empty(values.shape)
    np.put_along_axis(found, order, shared, axis=-1)
    return found


def spearman(x: FloatArray, y: FloatArray, weights: FloatArray) -> FloatArray:
    """Return Spearman's ρ: Pearson's r of the ranks."""
    return pearson(ranks(x, weights), ranks(y, weights), weights)


def pairs_of(size: int) -> tuple[IntArray, IntArray]:
    """Return the two sides of each unordered pair of so many points, by index."""
    left, right = np.triu_indices(size, 1)
    return left.astype(np.int64), right.astype(np.int64)


def signs(values: FloatArray, there: np.ndarray) -> FloatArray:
    """Return for each pair of points which is higher: 1 the first, -1 the second, 0 neither, or one is not there.

    Of shape (..., pairs).
    """
    left, right = pairs_of(values.shape[-1])
    return np.sign(values[..., left] - values[..., right]) * pair_weights(there)


def pair_weights(weights: np.ndarray) -> FloatArray:
    """Return the weight of each pair of points: the product of theirs."""
    left, right = pairs_of(weights.shape[-1])
    found: FloatArray = np.asarray(weights[..., left] * weights[..., right], np.float64)
    return found


def tau_b(agreeing: FloatArray, x_untied: FloatArray, y_untied: FloatArray) -> FloatArray:
    """Return Kendall's tau-b (Kendall 1945, "The treatment of ties in ranking problems").

    From sums over pairs: of the products of signs, and of the pairs that are not tied on either side.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        found: FloatArray = agreeing / np.sqrt(x_untied * y_untied)
    return _kept(found, (x_untied > 0) & (y_untied > 0))


def kendall(x: FloatArray, y: FloatArray, weights: FloatArray) -> FloatArray:
    """Return Kendall's tau-b of weighted points; two draws of one point are tied with each other on both sides."""
    there, pairs = weights > 0, pair_weights(weights)
    of_x, of_y = signs(x, there), signs(y, there)
    return tau_b(
        (pairs * of_x * of_y).sum(axis=-1), (pairs * np.abs(of_x)).sum(axis=-1), (pairs * np.abs(of_y)).sum(axis=-1)
    )


COEFFICIENTS: Final[Mapping[str, Callable[[FloatArray, FloatArray, FloatArray], FloatArray]]] = {
    "pearson": pearson,
    "spearman": spearman,
    "kendall": kendall,
}


def partial(xy: FloatArray, xz: FloatArray, zy: FloatArray) -> FloatArray:
    """Return the correlation of x and y given z, from those of each two; NaN where z says all of one side.

    For Kendall's tau: Kendall (1942), "Partial rank correlation", Biometrika 32.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        left = (1 - xz**2) * (1 - zy**2)
        found: FloatArray = (xy - xz * zy) / np.sqrt(left)
    return _kept(found, left > _NEGLIGIBLE)


def _kept(found: FloatArray, varies: np.ndarray) -> FloatArray:
    kept: FloatArray = np.where(varies, np.clip(found, -1.0, 1.0), np.nan)
    return kept
