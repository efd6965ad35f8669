"""Bootstrap over documents: confidence intervals of a corpus' mean scores.

Efron, B. (1979), "Bootstrap methods: another look at the jackknife", Annals of Statistics 7(1). One resample is drawn
for all systems and metrics together, as a count of how often it has each document; then the means of all of them are
one matrix product.
"""

from collections.abc import Iterator
from typing import Any
from typing import Final
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sumbench.rouge.errors import RougeError

_BLOCK_ENTRIES: Final = 1 << 21


class Intervals(NamedTuple):
    """Plain means with the bounds of their confidence intervals: float64 arrays of one shape."""

    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def resample_counts(documents: int, resamples: int, rng: np.random.Generator) -> Iterator[NDArray[np.float64]]:
    """Yield resamples of `documents` documents, some at a time.

    Yields:
        Arrays of shape (some resamples, documents): how often a resample has each document. Every row sums to
        `documents`; all arrays together have `resamples` rows.

    Raises:
        RougeError: If there is no document or no resample to draw.
    """
    if documents < 1 or resamples < 1:
        msg = f"cannot draw {resamples} resamples of {documents} documents"
        raise RougeError(msg)
    size = max(1, _BLOCK_ENTRIES // documents)
    for start in range(0, resamples, size):
        rows = min(size, resamples - start)
        drawn = rng.integers(documents, size=(rows, documents))
        counts = np.empty((rows, documents))
        for count, row in zip(counts, drawn, strict=True):
            count[:] = np.bincount(row, minlength=documents)
        yield counts


def bootstrap_means(values: NDArray[Any], resamples: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the mean over documents of every resample.

    Args:
        values: Scores or counts, of shape (documents, ...). All of `...` are resampled together, so that systems can be
            compared resample by resample.
        resamples: How many times to draw as many documents as there are, with replacement.
        rng: Where the draws come from.

    Returns:
        An array of shape (resamples, ...).

    Raises:
        RougeError: If there is no document or no resample to draw.
    """
    table = np.asarray(values, dtype=np.float64)
    documents = table.shape[0] if table.ndim else 0
    flat = table.reshape(documents, -1) if documents else table
    means = [counts @ flat / documents for counts in resample_counts(documents, resamples, rng)]
    return np.concatenate(means).reshape(resamples, *table.shape[1:])


def bootstrap_intervals(
    values: NDArray[Any], rng: np.random.Generator, *, resamples: int = 1000, confidence: float = 0.95
) -> Intervals:
    """Return the plain means over documents with their percentile intervals.

    Args:
        values: Scores, of shape (documents, ...).
        rng: Where the draws come from.
        resamples: How many resamples to draw.
        confidence: The share of resample means that lie between the bounds, 0 to 1.

    Returns:
        Arrays of shape (...).

    Raises:
        RougeError: If `confidence` is out of range, or there is no document or no resample to draw.
    """
    check_confidence(confidence)
    means = bootstrap_means(values, resamples, rng)
    tail = 100 * (1 - confidence) / 2
    low, high = np.percentile(means, [tail, 100 - tail], axis=0)
    return Intervals(np.mean(values, axis=0), low, high)


def check_confidence(confidence: float) -> None:
    """Refuse a share that is none.

    Raises:
        RougeError: If `confidence` is below 0 or above 1.
    """
    if not 0 <= confidence <= 1:
        msg = f"the confidence {confidence} is not between 0 and 1"
        raise RougeError(msg)
