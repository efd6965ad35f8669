"""The bootstrap of means: resamples of documents, or of clusters of documents, that arrive batch by batch.

Each resample counts each unit a number of times that is drawn from the Poisson distribution with mean 1, where the
usual bootstrap draws counts that add up to the number of units (Hanley & MacGibbon 2006, "Creating non-parametric
bootstrap samples using Poisson frequencies", Computer Methods and Programs in Biomedicine 83; Chamandy et al. 2012,
"Estimating uncertainty for massive data streams", Google). So it takes one pass, a few sums a resample and series, and
gives the same intervals whether documents come together or one after the other.

Intervals are studentised (bootstrap-t: Efron & Tibshirani 1993, section 12.5): each resample says how many of its own
standard errors its mean lies from the corpus' mean, and the quantiles of that take the place of Student's t. They are
as lopsided as the scores are, which holds their coverage where documents are few and many scores are near zero.
"""

import math
from collections.abc import Hashable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from hashlib import sha256
from typing import Any
from typing import Final

import numpy as np

from sumbench.scores import FloatArray
from sumbench.stats.arrays import IntArray
from sumbench.stats.intervals import LEVEL
from sumbench.stats.intervals import Estimate
from sumbench.stats.intervals import Interval
from sumbench.stats.intervals import Shape
from sumbench.stats.units import numbered
from sumbench.stats.units import on_grid
from sumbench.stats.units import totals_by_unit

RESAMPLES = 1_000

_STEPS: Final = 1 << 16
_MOST: Final = 12
_CUMULATIVE: Final = np.cumsum([math.exp(-1) / math.factorial(count) for count in range(_MOST)])
# One draw of 16 bits a unit and resample is an eighth of the time that exact Poisson draws take; it is off the true
# probabilities by less than 1 / 65,536.
_COUNTS: Final = np.searchsorted(_CUMULATIVE, (np.arange(_STEPS) + 0.5) / _STEPS).astype(np.float64)

_AT_ONCE: Final = 1_000
"""How many units are drawn at a time; it changes no draw."""

_NEGLIGIBLE: Final = 1e-12
"""A variance below this share of the mean square is rounding."""


def fewest_resamples(level: float) -> int:
    """Return the least number of resamples that have a quantile at both ends of an interval at `level`."""
    return math.ceil(2 / (1 - level) - 1e-9)


@dataclass
class _Sums:
    """Weighted sums over the units of a series, one for each resample and, at the end, one for the corpus itself.

    The columns: units, documents, scores, squared scores, scores × documents, squared documents. `total` is the sum of
    the scores as they are, which the columns round to a grid.
    """

    columns: FloatArray
    shape: Shape = field(default_factory=Shape)
    total: float = 0.0

    def means(self) -> FloatArray:
        with np.errstate(invalid="ignore", divide="ignore"):
            means: FloatArray = self.columns[:, 2] / self.columns[:, 1]
        return means

    def errors(self, means: FloatArray) -> FloatArray:
        """Return the linearised standard errors of the means (Cochran 1977, chapter 6), 0 where scores do not vary."""
        units, documents, _, squares, products, sizes = self.columns.T
        residual = squares - 2 * means * products + means**2 * sizes
        with np.errstate(invalid="ignore", divide="ignore"):
            variance = units / (units - 1) * residual / documents**2
        varies = (units > 1) & (residual > _NEGLIGIBLE * squares)
        errors: FloatArray = np.sqrt(np.where(varies, variance, 0.0))
        return errors


class _Columns:
    """Statistics of several series, a column each, of which equal ones are kept once.

    Whether a document is there is the same for most series, and without clusters several statistics are one.
    """

    def __init__(self) -> None:
        self.distinct: list[FloatArray] = []
        self.which: list[list[int]] = []
        self._numbers: dict[bytes, int] = {}

    def add(self, statistics: FloatArray) -> None:
        """Add the statistics of a series, of shape (units, kinds)."""
        which = []
        for kind in range(statistics.shape[1]):
            column = np.ascontiguousarray(statistics[:, kind])
            number = self._numbers.setdefault(sha256(column.data).digest(), len(self.distinct))
            if number == len(self.distinct):
                self.distinct.append(column)
            which.append(number)
        self.which.append(which)


class Bootstrap:
    """Means of several series over the same units, with studentised intervals, from one pass over the units."""

    def __init__(self, rng: np.random.Generator, resamples: int = RESAMPLES) -> None:
        """Start without units; raise ValueError for fewer than one resample."""
        if resamples < 1:
            raise ValueError(f"{resamples} resamples: 1 or more are needed")
        self._rng = rng
        self._resamples = resamples
        self._sums: dict[Hashable, _Sums] = {}

    def add(self, series: Mapping[Any, FloatArray], clusters: Sequence[Hashable] | None = None) -> None:
        """Add documents: for each series one score a document, NaN where it has none.

        `clusters` has one label a document; documents with the same label count as one unit, and come together.
        """
        if not series:
            return
        numbers = numbered(clusters, len(next(iter(series.values()))))
        columns = _Columns()
        for name, scores in series.items():
            known = self._sums.setdefault(name, _Sums(np.zeros((self._resamples + 1, 6))))
            known.total += float(np.nansum(scores))
            statistics = _statistics(scores, numbers)
            there = statistics[:, 0] > 0
            known.shape.add(statistics[there, 2] / statistics[there, 1])
            columns.add(statistics)
        sums = self._weighted(columns.distinct)
        for name, which in zip(series, columns.which, strict=True):
            self._sums[name].columns += sums[:, which]

    def _weighted(self, columns: Sequence[FloatArray]) -> FloatArray:
        """Sum columns of one statistic a unit over the resamples and the corpus: (resamples + 1, columns)."""
        sums = np.zeros((self._resamples + 1, len(columns)))
        even = self._resamples + self._resamples % 2
        for start in range(0, len(columns[0]), _AT_ONCE):
            some = np.stack([column[start : start + _AT_ONCE] for column in columns], axis=1)
            # An even number of 16-bit draws a unit, so that how many units are drawn together changes none.
            draws = self._rng.integers(0, _STEPS, (len(some), even), dtype=np.uint16)[:, : self._resamples]
            sums[:-1] += _COUNTS[draws].T @ some
        sums[-1] = [column.sum() for column in columns]
        return sums

    def means(self, name: Hashable) -> FloatArray:
        """Return the mean of a series in each resample; NaN in one that holds none of its documents."""
        return self._sums[name].means()[:-1]

    def estimate(self, name: Hashable, level: float = LEVEL) -> Estimate:
        """Return the mean of a series with its interval, None where its documents do not support one."""
        if name not in self._sums or not self._sums[name].columns[-1, 1]:
            return Estimate(None, None, 0, 0)
        sums = self._sums[name]
        units, documents = (round(float(count)) for count in sums.columns[-1, :2])
        means = sums.means()
        return Estimate(sums.total / documents, self._interval(sums, means, level), documents, units)

    def _interval(self, sums: _Sums, means: FloatArray, level: float) -> Interval | None:
        if not sums.shape.supports_mean or self._resamples < fewest_resamples(level):
            return None
        errors = sums.errors(means)
        mean, error = float(means[-1]), float(errors[-1])
        away = means[:-1] - mean
        with np.errstate(invalid="ignore", divide="ignore"):
            distances = np.where(errors[:-1] > 0, away / errors[:-1], np.sign(away) * np.inf)
        distances = np.sort(np.nan_to_num(distances[~np.isnan(away)], nan=0.0, posinf=np.inf, neginf=-np.inf))
        tail = max(1, int((1 - level) / 2 * (distances.size + 1)))
        short, long = distances[tail - 1], distances[distances.size - tail]
        if not (np.isfinite(short) and np.isfinite(long)):
            return None
        return Interval(mean - float(long) * error, mean - float(short) * error, level)


def _statistics(scores: FloatArray, numbers: IntArray) -> FloatArray:
    """Return the six statistics of each unit, on a grid on which their sums do not round: shape (units, 6)."""
    there = ~np.isnan(scores)
    pair = np.stack([np.where(there, scores, 0.0), there.astype(np.float64)], axis=-1)
    total, count = totals_by_unit(pair[None], numbers)[0].T
    columns = np.stack([(count > 0).astype(np.float64), count, total, total**2, total * count, count**2], axis=-1)
    # A weight of a unit is seldom above 4: the grid leaves room for sums of weighted units.
    statistics: FloatArray = on_grid(columns[None]).values[0]
    return statistics


def estimates(
    scores: FloatArray,
    rng: np.random.Generator,
    *,
    clusters: Sequence[Hashable] | None = None,
    level: float = LEVEL,
    resamples: int = RESAMPLES,
) -> list[Estimate]:
    """Return the mean of each row of scores (rows, documents) with its interval, all from the same resamples.

    Args:
        scores: NaN where a system has no score.
        rng: Where the draws come from.
        clusters: One label a document; documents with the same label are drawn together.
        level: The confidence level, above 0 and below 1.
        resamples: How many resamples to draw.
    """
    bootstrap = Bootstrap(rng, resamples)
    bootstrap.add(dict(enumerate(scores)), clusters)
    return [bootstrap.estimate(row, level) for row in range(len(scores))]
