"""Scores and ratings of the same summaries as arrays, and the systems' means of both."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sumbench.scores import FloatArray
from sumbench.stats.arrays import IntArray
from sumbench.stats.correlation.coefficients import pair_weights


@dataclass(frozen=True, eq=False)
class Cells:
    """Scores and ratings of the same summaries.

    `x` has the scores of each metric, of shape (metrics, documents, systems), `y` the ratings (documents, systems);
    `there` says which summaries have all of them. What is not there holds 0.
    """

    x: FloatArray
    y: FloatArray
    there: np.ndarray

    @classmethod
    def of(cls, x: FloatArray, y: FloatArray) -> "Cells":
        """Take the summaries that every metric scored (NaN: it did not) and that are rated."""
        there = ~np.isnan(y) & ~np.isnan(x).any(axis=0)
        return cls(np.where(there, x, 0.0), np.where(there, y, 0.0), there)

    def within(self, documents: IntArray, systems: IntArray) -> "Cells":
        """Return the cells of some documents and systems, by their indices."""
        chosen = np.ix_(documents, systems)
        return Cells(self.x[:, documents][:, :, systems], self.y[chosen], self.there[chosen])

    @cached_property
    def weights(self) -> FloatArray:
        """1 for each summary that is there, 0 for others."""
        return self.there.astype(np.float64)


def system_means(cells: Cells, counts: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return each system's mean score and rating over the documents drawn, and 1 for those that have any.

    Args:
        cells: The summaries.
        counts: How often each document was drawn, of shape (resamples, documents).

    Returns:
        Arrays of shape (metrics, resamples, systems), (resamples, systems) and (resamples, systems).
    """
    number = counts @ cells.weights
    y = ratio(counts @ cells.y, number)
    x = np.stack([ratio(counts @ row, number) for row in cells.x])
    return on_grid(np.nan_to_num(x)), on_grid(np.nan_to_num(y)), (number > 0).astype(np.float64)


def on_grid(means: FloatArray) -> FloatArray:
    """Return means rounded, so that those that differ in nothing but the order of their sums are equal."""
    most = float(np.abs(means).max(initial=0.0))
    return means if most == 0 else np.round(means / most, 11) * most


def closest_pairs(cells: Cells, share: float) -> FloatArray:
    """Return 1 for the `share` of the pairs of systems whose means lie closest, for each metric: (metrics, pairs).

    Deutsch, Dror & Roth 2022, "Re-Examining System-Level Correlations of Automatic Summarization Evaluation Metrics",
    section 4: metrics are used to tell systems apart that lie close, and correlate far less with people there.
    """
    x, _, rated = system_means(cells, np.ones((1, len(cells.y))))
    pairs = pair_weights(rated[0])
    chosen = np.zeros((len(x), len(pairs)))
    from_, to = np.triu_indices(x.shape[-1], 1)
    known = np.flatnonzero(pairs)
    for metric, (row,) in enumerate(x):
        apart = np.abs(row[from_] - row[to])[known]
        most = np.sort(apart)[max(1, round(share * len(known))) - 1]
        chosen[metric, known[apart <= most]] = 1.0
    return chosen


def ratio(over: FloatArray, under: FloatArray) -> FloatArray:
    """Return quotients, NaN where nothing is below."""
    found: FloatArray = np.divide(over, under, out=np.full(np.shape(over), np.nan), where=under > 0)
    return found
