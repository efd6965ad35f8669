"""Resampling units: documents, or clusters of documents that share a source, with exact sums."""

from collections.abc import Hashable
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sumbench.scores import FloatArray
from sumbench.stats.arrays import IntArray

WORKING_BYTES = 1 << 23
"""Size of the largest intermediate array of a resampling loop; changing it changes no result."""

_SIGNIFICANT_BITS = 50


class Grid(NamedTuple):
    """Statistics rounded to multiples of `step` (one a statistic), so that sums of them do not round."""

    values: FloatArray
    step: FloatArray


def present(statistics: FloatArray) -> FloatArray:
    """Return 1.0 where a row of statistics (rows, documents, statistics) holds no NaN and 0.0 elsewhere."""
    return np.where(np.isnan(statistics).any(axis=-1), 0.0, 1.0)


def numbered(clusters: Sequence[Hashable] | None, documents: int) -> IntArray:
    """Number the clusters from 0 in order of first appearance; without clusters each document is its own.

    Raises:
        ValueError: If there is not one label a document.
    """
    if clusters is None:
        return np.arange(documents)
    if len(clusters) != documents:
        raise ValueError(f"{len(clusters)} cluster labels for {documents} documents")
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(label, len(numbers)) for label in clusters], dtype=np.int64)


def totals_by_unit(statistics: FloatArray, numbers: IntArray) -> FloatArray:
    """Sum statistics of shape (rows, documents, statistics) within each cluster, missing ones as 0."""
    filled = np.where(np.isnan(statistics).any(axis=-1, keepdims=True), 0.0, statistics)
    if np.array_equal(numbers, np.arange(len(numbers))):
        return filled
    order = np.argsort(numbers, kind="stable")
    starts = np.flatnonzero(np.diff(numbers[order], prepend=-1))
    return np.add.reduceat(filled[:, order], starts, axis=1)


def on_grid(totals: FloatArray) -> Grid:
    """Round totals of shape (rows, units, statistics) to a grid on which sums of as many terms as units are exact.

    Sums that do not round come out the same in any order: whatever the chunks, threads or processor. Each statistic
    has a power of two of its own as step, at most 2**-49 of units times its largest size. Whole numbers below 2**50
    divided by the number of units stay as they are.
    """
    rows, units, statistics = totals.shape
    peak = np.abs(totals).max(axis=(0, 1)) if rows and units else np.zeros(statistics)
    _, exponent = np.frexp(peak * max(1, units))
    finer = _SIGNIFICANT_BITS - exponent
    return Grid(np.ldexp(np.rint(np.ldexp(totals, finer)), -finer), np.ldexp(1.0, -finer))
