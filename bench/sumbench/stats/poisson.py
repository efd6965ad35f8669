"""The Poisson bootstrap: intervals of means over documents that arrive batch by batch and are not kept.

Each resample counts each document a number of times that is drawn from the Poisson distribution with mean 1, where the
usual bootstrap draws counts that add up to the number of documents (Hanley and MacGibbon, Creating non-parametric
bootstrap samples using Poisson frequencies, Computer Methods and Programs in Biomedicine 83, 2006; Chamandy et al.,
Estimating uncertainty for massive data streams, Google 2012). Two sums a resample and series are all that is kept.
"""

import math
from typing import Final

import numpy as np

from sumbench.scores import FloatArray
from sumbench.stats.bootstrap import Interval
from sumbench.stats.bootstrap import percentile_interval

Series = tuple[str, str]
"""A system and a metric."""

_STEPS: Final = 1 << 16
_MOST: Final = 12
_CUMULATIVE: Final = np.cumsum([math.exp(-1) / math.factorial(count) for count in range(_MOST)])
# One draw of 16 bits a document and resample is an eighth of the time that exact Poisson draws take; it is off the
# true probabilities by less than 1 / 65,536.
_COUNTS: Final = np.searchsorted(_CUMULATIVE, (np.arange(_STEPS) + 0.5) / _STEPS).astype(np.float32)


class PoissonBootstrap:
    """Means of several series over the same documents, with percentile intervals, from one pass over them.

    A document counts as often in one series as in the others, so that their intervals come from the same resamples.
    """

    def __init__(self, generator: np.random.Generator, resamples: int) -> None:
        """Start without documents."""
        self._generator = generator
        self._resamples = resamples
        self._sums: dict[Series, FloatArray] = {}
        self._counts: dict[Series, FloatArray] = {}

    def add(self, series: dict[Series, FloatArray]) -> None:
        """Add documents: for each series an array of values, all of one length, NaN where a document has none."""
        if not series:
            return
        names, values = list(series), np.column_stack(list(series.values()))
        draws = self._generator.integers(0, _STEPS, (self._resamples, len(values)), dtype=np.uint16)
        weights = _COUNTS[draws]
        there = ~np.isnan(values)
        sums = weights @ np.where(there, values, 0.0).astype(np.float32)
        counts = weights @ there.astype(np.float32)
        for column, name in enumerate(names):
            self._sums[name] = self._sums.get(name, np.zeros(self._resamples)) + sums[:, column]
            self._counts[name] = self._counts.get(name, np.zeros(self._resamples)) + counts[:, column]

    def interval(self, name: Series, level: float) -> Interval | None:
        """Return the percentile interval at `level` of a series' mean; None where some resample counts nothing."""
        if name not in self._counts or not self._counts[name].all():
            return None
        return percentile_interval(self._sums[name] / self._counts[name], level)
