"""Correlations of metrics with people at three levels, on all of the data and in resamples of documents and systems.

Deutsch, Dror & Roth 2021, "A Statistical Analysis of Summarization Evaluation Metrics using Resampling Methods"
(section 2): at the *system* level the means of the systems are correlated, at the *summary* level the summaries of each
document, and the coefficients averaged over documents. *Pooled* are all summaries together.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final
from typing import Literal
from typing import TypeAlias

import numpy as np

from sumbench.scores import FloatArray
from sumbench.stats.correlation.accuracy import better_p
from sumbench.stats.correlation.accuracy import better_p_in_resamples
from sumbench.stats.correlation.accuracy import calibrated
from sumbench.stats.correlation.accuracy import right_pairs
from sumbench.stats.correlation.accuracy import soft_accuracy
from sumbench.stats.correlation.cells import Cells
from sumbench.stats.correlation.cells import ratio
from sumbench.stats.correlation.cells import system_means
from sumbench.stats.correlation.coefficients import COEFFICIENTS
from sumbench.stats.correlation.coefficients import Coefficient
from sumbench.stats.correlation.coefficients import pair_weights
from sumbench.stats.correlation.coefficients import partial
from sumbench.stats.correlation.coefficients import signs
from sumbench.stats.correlation.coefficients import tau_b

CorrelationLevel: TypeAlias = Literal["system", "summary", "pooled"]

MOST_PAIRED: Final = 3_000
"""Of more summaries, not all pairs are compared in every resample: pooled τ and accuracy have no interval then."""


@dataclass(frozen=True, eq=False)
class Resamples:
    """How often each document and each system was drawn, of shape (resamples, documents) and (resamples, systems).

    `systems` is None where they are not drawn: every one counts once.
    """

    documents: FloatArray
    systems: FloatArray | None = None


@dataclass(frozen=True, eq=False)
class Correlator:
    """One coefficient at one level, of metrics with one rated quality.

    `flips` are random signs of documents, for soft pairwise accuracy; `chosen` has 1 for the pairs of systems that
    count at the system level for each metric, of shape (metrics, pairs), None where all do.
    """

    cells: Cells
    level: CorrelationLevel
    coefficient: Coefficient
    flips: FloatArray | None = None
    chosen: FloatArray | None = None

    def observed(self) -> FloatArray:
        """Return the coefficient of each metric; NaN where there is nothing to correlate."""
        one = Resamples(np.ones((1, self.cells.y.shape[0])))
        if self.level == "pooled":
            x = self.cells.x.reshape(len(self.cells.x), -1)
            return self._plain(x, self.cells.y.reshape(-1), self.cells.weights.reshape(-1), self._threshold)
        if self.coefficient == "soft":
            weights = (self._common.sum(axis=0) > 0).astype(np.float64)
            return np.array([soft_accuracy(p, self._people_p, weights) for p in self._metric_p])
        first: FloatArray = self.resampled(one)[0]
        return first

    @cached_property
    def per_document(self) -> FloatArray:
        """The coefficient of each metric within each document, of shape (metrics, documents); NaN for a constant."""
        return self._plain(self.cells.x, self.cells.y, self.cells.weights, self._threshold)

    def partial(self, control: int) -> FloatArray:
        """Return the coefficient of each metric given the one at the index `control`; NaN where it is not defined."""
        function = COEFFICIENTS[self.coefficient]
        x, y, weights = self._laid()
        z = x[control]
        found: FloatArray = partial(function(x, y, weights), function(x, z, weights), function(z, y, weights))
        found[control] = np.nan
        return _mean(found) if self.level == "summary" else found

    def resampled(self, drawn: Resamples) -> FloatArray:
        """Return the coefficient in each resample, of shape (resamples, metrics)."""
        if self.level == "system":
            return self._systems(drawn)
        return self._pooled(drawn) if self.level == "pooled" else self._summaries(drawn)

    def _laid(self) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return scores, ratings and weights as they are correlated along the last axis."""
        cells = self.cells
        if self.level == "summary":
            return cells.x, cells.y, cells.weights
        if self.level == "pooled":
            return cells.x.reshape(len(cells.x), -1), cells.y.reshape(-1), cells.weights.reshape(-1)
        x, y, rated = system_means(cells, np.ones((1, len(cells.y))))
        return x[:, 0], y[0], rated[0]

    @cached_property
    def _threshold(self) -> FloatArray:
        """The threshold of ties of each metric, for pairwise accuracy: that of the whole data."""
        x, y, weights = self._laid()
        if self.coefficient != "accuracy" or self.level == "system":
            return np.zeros(len(x))
        pairs = pair_weights(weights)
        total = pairs.sum(axis=-1, keepdims=True)
        # Each document counts the same, however many pairs it has.
        shares = np.divide(pairs, total, out=np.zeros_like(pairs), where=total > 0)
        return np.array([calibrated(row, y, shares) for row in x])

    def _plain(self, x: FloatArray, y: FloatArray, weights: FloatArray, thresholds: FloatArray) -> FloatArray:
        if self.coefficient != "accuracy":
            return np.stack([COEFFICIENTS[self.coefficient](row, y, weights) for row in x])
        pairs = pair_weights(weights)
        return np.stack(
            [
                ratio((pairs * right_pairs(row, y, threshold)).sum(axis=-1), pairs.sum(axis=-1))
                for row, threshold in zip(x, thresholds, strict=True)
            ]
        )

    def _summaries(self, drawn: Resamples) -> FloatArray:
        if drawn.systems is None:
            return np.stack([_weighted_mean(row, drawn.documents) for row in self.per_document], axis=1)
        within = self._paired if self.coefficient in {"kendall", "accuracy"} else self._ranked
        return np.stack(
            [_weighted_mean(within(row, drawn.systems), drawn.documents) for row in range(len(self.cells.x))], axis=1
        )

    def _paired(self, metric: int, systems: FloatArray) -> FloatArray:
        """Return a coefficient of pairs within each document and resample of systems: (resamples, documents)."""
        cells, pairs = self.cells, pair_weights(systems)
        there = pair_weights(cells.weights)
        if self.coefficient == "accuracy":
            right = there * right_pairs(cells.x[metric], cells.y, self._threshold[metric])
            return ratio(pairs @ right.T, pairs @ there.T)
        of_x, of_y = signs(cells.x[metric], cells.there), signs(cells.y, cells.there)
        return tau_b(pairs @ (of_x * of_y).T, pairs @ np.abs(of_x).T, pairs @ np.abs(of_y).T)

    def _ranked(self, metric: int, systems: FloatArray) -> FloatArray:
        weights = systems[:, None, :] * self.cells.weights
        return COEFFICIENTS[self.coefficient](self.cells.x[metric][None], self.cells.y[None], weights)

    def _systems(self, drawn: Resamples) -> FloatArray:
        if self.coefficient == "soft":
            return self._soft(drawn)
        x, y, rated = system_means(self.cells, drawn.documents)
        weights = rated if drawn.systems is None else rated * drawn.systems
        if self.coefficient in {"pearson", "spearman"}:
            return np.stack([COEFFICIENTS[self.coefficient](row, y, weights) for row in x], axis=1)
        pairs, of_y = pair_weights(weights), signs(y, rated)
        found = []
        for metric, row in enumerate(x):
            kept = pairs if self.chosen is None else pairs * self.chosen[metric]
            if self.coefficient == "accuracy":
                found.append(ratio((kept * right_pairs(row, y, 0.0)).sum(axis=-1), kept.sum(axis=-1)))
                continue
            of_x = signs(row, rated)
            found.append(tau_b(*((kept * each).sum(axis=-1) for each in (of_x * of_y, np.abs(of_x), np.abs(of_y)))))
        return np.stack(found, axis=1)

    def _soft(self, drawn: Resamples) -> FloatArray:
        systems = np.ones((1, self.cells.y.shape[1])) if drawn.systems is None else drawn.systems
        pairs = pair_weights(systems) * (drawn.documents @ self._common > 0)
        people = better_p_in_resamples(self._rated(self.cells.y), drawn.documents)
        return np.stack(
            [
                soft_accuracy(better_p_in_resamples(self._rated(row), drawn.documents), people, pairs)
                for row in self.cells.x
            ],
            axis=1,
        )

    @cached_property
    def _common(self) -> FloatArray:
        """1 where a document has both systems of a pair, of shape (documents, pairs): others say nothing of it."""
        return pair_weights(self.cells.weights)

    def _rated(self, values: FloatArray) -> FloatArray:
        return np.where(self.cells.there, values, np.nan)

    @property
    def _flips(self) -> FloatArray:
        if self.flips is None:
            raise ValueError("soft pairwise accuracy needs random signs")
        return self.flips

    @cached_property
    def _people_p(self) -> FloatArray:
        return better_p(self._rated(self.cells.y), self._flips)

    @cached_property
    def _metric_p(self) -> list[FloatArray]:
        return [better_p(self._rated(row), self._flips) for row in self.cells.x]

    def _pooled(self, drawn: Resamples) -> FloatArray:
        x, y, weights = self._laid()
        systems = np.ones((1, self.cells.y.shape[1])) if drawn.systems is None else drawn.systems
        counts = (drawn.documents[:, :, None] * systems[:, None, :]).reshape(len(drawn.documents), -1) * weights
        if self.coefficient in {"pearson", "spearman"}:
            return np.stack([COEFFICIENTS[self.coefficient](row[None], y[None], counts) for row in x], axis=1)
        return np.stack([self._pooled_pairs(row, y, weights > 0, counts, at) for at, row in enumerate(x)], axis=1)

    def _pooled_pairs(self, x: FloatArray, y: FloatArray, there: np.ndarray, counts: FloatArray, at: int) -> FloatArray:
        if there.sum() > MOST_PAIRED:
            return np.full(len(counts), np.nan)
        x, y, counts = x[there], y[there], counts[:, there].astype(np.float32)
        apart, of_y = x[:, None] - x, np.sign(y[:, None] - y)
        if self.coefficient == "accuracy":
            ordered = np.where(np.abs(apart) <= self._threshold[at], 0.0, np.sign(apart))
            right = (ordered == of_y).astype(np.float32)
            np.fill_diagonal(right, 0.0)
            # Draws of one summary are no pair.
            return ratio(_form(counts, right), counts.sum(axis=1) ** 2 - (counts**2).sum(axis=1))
        of_x = np.sign(apart)
        return tau_b(_form(counts, of_x * of_y), _form(counts, np.abs(of_x)), _form(counts, np.abs(of_y)))


def _form(counts: FloatArray, pairs: FloatArray) -> FloatArray:
    """Return Σ counts_i counts_j pairs_ij of each row of counts."""
    found: FloatArray = ((counts @ pairs.astype(np.float32)) * counts).sum(axis=1, dtype=np.float64)
    return found


def _weighted_mean(values: FloatArray, counts: FloatArray) -> FloatArray:
    """Return means over documents of values of shape (documents,) or (resamples, documents), those NaN left out."""
    there = ~np.isnan(values)
    filled = np.where(there, values, 0.0)
    if values.ndim == 1:
        return ratio(counts @ filled, counts @ there.astype(np.float64))
    return ratio((counts * filled).sum(axis=1), (counts * there).sum(axis=1))


def _mean(values: FloatArray) -> FloatArray:
    """Return means over the last axis, those NaN left out."""
    there = ~np.isnan(values)
    return ratio(np.where(there, values, 0.0).sum(axis=-1), there.sum(axis=-1).astype(np.float64))
